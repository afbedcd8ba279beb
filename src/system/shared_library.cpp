#include "system/shared_library.hpp"

#include <dlfcn.h>

namespace lfmfit {

#ifdef LFMFIT_STATIC

SharedLibrary::SharedLibrary(const std::string&) : handle_(nullptr) {}
SharedLibrary::~SharedLibrary() = default;
void* SharedLibrary::symbol(const char*) const { return nullptr; }

#else

SharedLibrary::SharedLibrary(const std::string& name) : handle_(dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {}

SharedLibrary::~SharedLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

void* SharedLibrary::symbol(const char* name) const { return handle_ == nullptr ? nullptr : dlsym(handle_, name); }

#endif

}  // namespace lfmfit
