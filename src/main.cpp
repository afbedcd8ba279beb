#include "cli/run.hpp"

int main(int argc, char** argv) { return lfmfit::cli::run_process(argc, argv); }
