#include "module.h"

#include <map>

namespace emu {
namespace {
std::map<std::string, Function>& kernels() {
  static std::map<std::string, Function> all;
  return all;
}
}  // namespace

void register_kernel(const char* name, Binder binder) { kernels()[name] = Function{name, binder, 0}; }

Module* load_module(const char* image) {
  std::string text(image);
  if (text.find(".version") == std::string::npos || text.find(".target") == std::string::npos) {
    return nullptr;
  }
  for (auto& [name, function] : kernels()) {
    function.launches = 0;
  }
  const std::string entry = ".entry ";
  Module* module = new Module;
  for (size_t at = text.find(entry); at != std::string::npos; at = text.find(entry, at)) {
    at += entry.size();
    module->entries.insert(text.substr(at, text.find_first_of("( \n", at) - at));
  }
  return module;
}

Function* find_function(const Module& module, const std::string& name) {
  auto found = kernels().find(name);
  return found == kernels().end() || !module.entries.count(name) ? nullptr : &found->second;
}
}  // namespace emu
