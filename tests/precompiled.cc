// CMake wants a source file where headers are precompiled.
