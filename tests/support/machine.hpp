#pragma once

#include <string>
#include <vector>

#include "support/program.hpp"
#include "support/temporary_folder.hpp"
#include "system/this_machine.hpp"

namespace test {

/// Plays the machine called `scene` through the stub of NVIDIA's library (tests/stub/nvml.cpp), while it lives.
class StubDriver {
 public:
  explicit StubDriver(const std::string& scene);
  ~StubDriver();
  StubDriver(const StubDriver&) = delete;
  StubDriver& operator=(const StubDriver&) = delete;

  static std::string path();
  static std::string path_of_old();
};

/// A recorded machine: what its kernel shows, below a folder.
class RecordedMachine {
 public:
  /// An AMD Ryzen 9 7950X with 64 GiB, of which 48 GiB are free.
  RecordedMachine();

  void write(const std::string& path, const std::string& text) const { folder_.write(path.substr(1), text); }
  /// A card on the PCI bus, with the driver that has it; empty: none.
  void add_card(const std::string& address, const std::string& vendor, const std::string& device,
                const std::string& revision, const std::string& driver) const;
  std::string path() const { return folder_.path(); }
  /// To look at it; no library of NVIDIA is there unless `nvml` is its path.
  lfmfit::MachineSources sources(const std::string& nvml = "/nonexistent/libnvidia-ml.so") const;

 private:
  TemporaryFolder folder_;
};

/// Runs lfmfit as `lfmfit()` does, on the machine that `sources` show.
ProgramRun lfmfit_on(const lfmfit::MachineSources& sources, const std::vector<std::string>& args,
                     const std::string& input = "");

}  // namespace test
