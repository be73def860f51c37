# Writes FILES into one C++ file as the function FUNCTION of messages/catalogue.hpp: name and content of each.
string(CONCAT out
  "// Generated from config/.\n"
  "#include \"messages/catalogue.hpp\"\n"
  "\n"
  "namespace roundtrip::messages {\n"
  "const std::vector<EmbeddedFile>& ${FUNCTION}() {\n"
  "  static const std::vector<EmbeddedFile> all = {\n")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND out "      {\"${name}\", R\"~file~(${content})~file~\"},\n")
endforeach()
string(APPEND out "  };\n  return all;\n}\n}  // namespace roundtrip::messages\n")
file(WRITE ${OUTPUT} "${out}")
