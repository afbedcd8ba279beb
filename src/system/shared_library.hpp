#pragma once

#include <string>

namespace lfmfit {

/// A library that is loaded while the program runs, where there is one.
class SharedLibrary {
 public:
  /// `name` is a path, or a name that the system looks for.
  explicit SharedLibrary(const std::string& name);
  ~SharedLibrary();
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  bool is_loaded() const { return handle_ != nullptr; }
  /// The function called `name`; null: it has none.
  template <class Function>
  Function* function(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* symbol(const char* name) const;

  void* handle_ = nullptr;
};

}  // namespace lfmfit
