# What tells one state of data/ from another: the hash of its files, in the order of their names, and the newest day that
# a fact is of. Nothing else goes in, so that builds of the same files say the same.
set(hashes "")
set(date "")
foreach(file IN LISTS FILES)
  file(SHA256 ${file} hash)
  file(RELATIVE_PATH name ${ROOT} ${file})
  list(APPEND hashes "${name} ${hash}")
  file(STRINGS ${file} dated REGEX "\"20[0-9][0-9]-[0-1][0-9]-[0-3][0-9]\"")
  string(REGEX MATCHALL "\"20[0-9][0-9]-[0-1][0-9]-[0-3][0-9]\"" days "${dated}")
  foreach(day IN LISTS days)
    string(REPLACE "\"" "" day "${day}")
    if(day STRGREATER date)
      set(date ${day})
    endif()
  endforeach()
endforeach()
list(SORT hashes)
string(SHA256 hash "${hashes}")
string(SUBSTRING ${hash} 0 16 hash)
file(WRITE ${OUTPUT} "// Written by cmake/write_catalog_stamp.cmake; do not edit.\n#include \"catalog/catalog_stamp.hpp\"\n\n"
     "const lfmfit::CatalogStamp& lfmfit::catalog_stamp() {\n  static const CatalogStamp stamp{\"${date}\", \"${hash}\"};\n"
     "  return stamp;\n}\n")
