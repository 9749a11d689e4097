// Kernels by name: those compiled in, as far as a module's PTX names them too.
#pragma once
#include <set>
#include <string>

#include "emu.h"

namespace emu {
struct Function {
  std::string name;
  Binder binder;
  int launches = 0;  // since a module was loaded
};
struct Module {
  std::set<std::string> entries;  // of the PTX
};

// Null unless the image is PTX text.
Module* load_module(const char* image);
// Null unless both the module and the sources have it.
Function* find_function(const Module& module, const std::string& name);
}  // namespace emu
