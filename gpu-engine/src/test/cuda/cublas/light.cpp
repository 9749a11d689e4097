// The library that cuBLAS is made of, which the dynamic linker would look for elsewhere.
extern "C" __attribute__((visibility("default"))) int cublasLtPatch() { return 5; }
