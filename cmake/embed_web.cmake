# Writes templates and assets into one C++ file with each file's SHA-256. FILES: full paths.
string(CONCAT out
  "// Generated from src/web/pages and src/web/assets.\n"
  "#include \"web/embedded.hpp\"\n"
  "\n"
  "namespace roundtrip::web {\n"
  "const std::vector<Embedded>& embedded_files() {\n"
  "  static const std::vector<Embedded> all = {\n")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(SHA256 ${file} sha)
  file(READ ${file} body)
  string(APPEND out "      {\"${name}\", R\"~file~(${body})~file~\", \"${sha}\"},\n")
endforeach()
string(APPEND out "  };\n  return all;\n}\n}  // namespace roundtrip::web\n")
file(WRITE ${OUTPUT} "${out}")
