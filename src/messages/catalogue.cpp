// Catalogues: TOML texts read once, immutable afterwards.
#include "messages/catalogue.hpp"

#include <toml++/toml.h>

#include <stdexcept>

namespace roundtrip::messages {
namespace {

void flatten(const toml::table& table, const std::string& prefix, std::string_view name, Catalogue& out) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, path, name, out);
    } else if (const auto words = node.value_exact<std::string>()) {
      out[path] = *words;
    } else {
      throw std::runtime_error(std::string(name) + ":" + std::to_string(node.source().begin.line) + ": " + path + " is no text");
    }
  }
}

std::map<std::string, Catalogue, std::less<>> read_all() {
  std::map<std::string, Catalogue, std::less<>> all;
  for (const EmbeddedFile& file : embedded_messages()) {
    all[std::string(file.name.substr(0, file.name.rfind('.')))] = read_catalogue(file.name, file.content);
  }
  return all;
}

}  // namespace

Catalogue read_catalogue(std::string_view name, std::string_view toml_text) {
  Catalogue out;
  try {
    flatten(toml::parse(toml_text, name), "", name, out);
  } catch (const toml::parse_error& fault) {
    throw std::runtime_error(std::string(name) + ":" + std::to_string(fault.source().begin.line) + ": " + std::string(fault.description()));
  }
  return out;
}

const Catalogue& catalogue(std::string_view locale) {
  static const auto all = read_all();
  const auto found = all.find(locale);
  if (found == all.end()) throw std::logic_error("no catalogue " + std::string(locale));
  return found->second;
}

std::string_view template_text(std::string_view name) {
  for (const EmbeddedFile& file : embedded_templates()) {
    if (file.name == name) return file.content;
  }
  throw std::logic_error("no template " + std::string(name));
}

}  // namespace roundtrip::messages
