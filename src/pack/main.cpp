// Packs facts for the program, which is linked after this ran: lfmfit_pack OUTPUT.cpp
#include <fstream>
#include <iostream>
#include <sstream>

#include "catalog/packed_facts.hpp"
#include "catalog/sources.hpp"
#include "lfmfit/error.hpp"

namespace {

constexpr std::size_t kBytesOfLine = 32;

/// `bytes` as a string literal; octal, since that ends after three digits whatever follows.
std::string literal(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % kBytesOfLine == 0) text += i == 0 ? "\n    \"" : "\"\n    \"";
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += '\\';
    for (int shift = 6; shift >= 0; shift -= 3) text += static_cast<char>('0' + (byte >> shift & 7));
  }
  return text + "\"";
}

/// `bytes` as a view of a literal, which may hold zeros.
std::string view(const std::string& bytes) { return "{" + literal(bytes) + ", " + std::to_string(bytes.size()) + "}"; }

std::string tables() {
  lfmfit::Sources sources({});
  std::string text;
  for (const std::string& kind : lfmfit::Sources::tables())
    text += "    {\"" + kind + "\", " + view(pack_rows(sources.table(kind))) + "},\n";
  return text;
}

std::string source_of(const lfmfit::Catalog& catalog) {
  return "// Written by lfmfit_pack (src/pack/main.cpp); do not edit.\n"
         "#include \"catalog/packed_facts.hpp\"\n\n"
         "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
         "namespace lfmfit {\n\n"
         "namespace {\n\n"
         "constexpr PackedTable kTables[] = {\n" +
         tables() + "};\n\nconstexpr PackedFacts kPacked{.devices = " + view(pack_devices(catalog)) +
         ",\n.quantizations = " + view(pack_quantizations(catalog)) + ",\n.speed = " + view(pack_speed(catalog)) +
         ",\n.tables = kTables};\n\n}  // namespace\n\n"
         "const PackedFacts& packed_facts() { return kPacked; }\n\n"
         "}  // namespace lfmfit\n";
}

std::string text_of(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: lfmfit_pack OUTPUT.cpp\n";
    return 2;
  }
  try {
    const std::string source = source_of(lfmfit::Catalog());
    if (text_of(argv[1]) == source) return 0;  // what includes it need not be compiled again
    return std::ofstream(argv[1], std::ios::binary) << source ? 0 : 1;
  } catch (const lfmfit::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
