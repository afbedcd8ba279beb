// Compiled as a file of core is. With LFMFIT_WALL it must not compile, since core does not see JSON; without, it must.
#include <string>

std::string law() {
#ifdef LFMFIT_WALL
  nlohmann::json leak;
#endif
  return fmt::format("{}", 1);
}
