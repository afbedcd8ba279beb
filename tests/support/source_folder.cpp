#include "support/source_folder.hpp"

namespace test {

std::string source_folder() { return LFMFIT_SOURCE_DIR; }

}  // namespace test
