#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/model_page.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// The index of a site: finds a model by name, and says what runs on a device. Pages are added one by one, of which it
/// keeps what their first states say.
class SiteIndex {
 public:
  /// Of `quantizations` the listed ones are told of.
  explicit SiteIndex(const std::vector<Quantization>& quantizations);

  /// `href` is where the page lies, as written into a link.
  void add(const ModelPage& page, const std::string& href);

  std::size_t size() const { return entries_.size(); }

  /// The index as one HTML file that needs no other and no network; its data has schema lfmfit.site/1.
  std::string html(const std::string& version) const;

 private:
  /// What a model needs on a backend, each by quantization.
  struct Need {
    Json asks = Json::array();    ///< of the driver's share, as asks_of() says
    Json gpu = Json::array();     ///< the upper bound on a GPU, without the driver's share
    Json pooled = Json::array();  ///< what the host's part adds in a pool
  };
  using BackendUse = std::pair<const Backend*, int>;  ///< and the GPUs that share a model
  struct Entry {
    Json model;
    std::map<BackendUse, Need> need;
    std::map<const Device*, Json> decode;
  };

  Json data(const std::string& version) const;
  std::string plain() const;  ///< of the page without a script
  Need need(const ModelPage& page, const PageBackend& table) const;

  std::vector<const Quantization*> quantizations_;
  std::vector<BackendUse> backends_;
  std::vector<const Device*> devices_;
  Json device_rows_ = Json::array();
  Tokens context_;
  std::string runtime_;
  std::vector<Entry> entries_;
};

}  // namespace lfmfit::render
