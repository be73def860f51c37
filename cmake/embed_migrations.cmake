# Writes migrations/*.sql into one C++ file with each file's SHA-256.
string(CONCAT out
  "// Generated from migrations/*.sql.\n"
  "#include \"store/migrate.hpp\"\n"
  "\n"
  "namespace roundtrip::store {\n"
  "const std::vector<Migration>& built_in_migrations() {\n"
  "  static const std::vector<Migration> all = {\n")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^0*([1-9][0-9]*)_" _ ${name})
  set(number ${CMAKE_MATCH_1})
  file(SHA256 ${file} sha)
  file(READ ${file} sql)
  string(APPEND out "      {${number}, \"${name}\", R\"~sql~(${sql})~sql~\", \"${sha}\"},\n")
endforeach()
string(APPEND out "  };\n  return all;\n}\n}  // namespace roundtrip::store\n")
file(WRITE ${OUTPUT} "${out}")
