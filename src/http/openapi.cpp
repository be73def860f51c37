// The contract as the program serves it: src/http/openapi.json, compiled in, and the pages for people made from it.
#include "http/openapi.hpp"

#include <nlohmann/json.hpp>

#include "http/api.hpp"

namespace roundtrip::http {

extern const char* const kOpenApiText;  // generated from openapi.json
extern const char* const kDocsPage;     // generated from docs.html: how a page begins
extern const char* const kDocsStyle;    // generated from docs.css

namespace {
using json = nlohmann::ordered_json;

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "<tr>";
  for (const auto& cell : cells) out += "<td>" + cell + "</td>";
  return out + "</tr>\n";
}

std::string table(const std::vector<std::string>& heads, const std::string& rows) {
  if (rows.empty()) return "";
  std::string out = "<table><thead><tr>";
  for (const auto& head : heads) out += "<th>" + head + "</th>";
  return out + "</tr></thead><tbody>\n" + rows + "</tbody></table>\n";
}

std::string link(const std::string& target, const std::string& text) { return "<a href=\"#" + html(target) + "\">" + html(text) + "</a>"; }

// The member of that name; an empty object without one.
const json& child(const json& value, const char* name) {
  static const json none = json::object();
  const auto at = value.find(name);
  return at == value.end() ? none : *at;
}

// What a $ref points to; the value itself without one.
const json& resolved(const json& document, const json& value) {
  const auto ref = value.find("$ref");
  return ref == value.end() ? value : document.at(json::json_pointer(ref->get<std::string>().substr(1)));
}

// "integer, 1 to 500 or null", with a link where the schema has a name.
std::string type_of(const json& schema) {
  if (const auto ref = schema.find("$ref"); ref != schema.end()) {
    const std::string name = ref->get<std::string>().substr(std::string_view("#/components/schemas/").size());
    return link("schema-" + name, name);
  }
  std::string out;
  const auto also = [&](const std::string& word) { out += (out.empty() ? "" : " or ") + word; };
  for (const auto& one : child(schema, "oneOf")) also(type_of(one));
  const json type = schema.value("type", json());
  for (const auto& word : type.is_array() ? type : type.is_string() ? json::array({type}) : json::array()) {
    also(word == "array" && schema.contains("items") ? "list of " + type_of(schema["items"]) : word.get<std::string>());
  }
  if (schema.contains("format")) out += " (" + html(schema["format"].get<std::string>()) + ")";
  if (schema.contains("enum")) {
    out += ":";
    for (const auto& word : schema["enum"]) out += " <code>" + html(word.is_string() ? word.get<std::string>() : word.dump()) + "</code>";
  }
  if (schema.contains("minimum") && schema.contains("maximum"))
    out += ", " + schema["minimum"].dump() + " to " + schema["maximum"].dump();
  else if (schema.contains("maxLength"))
    out += ", at most " + schema["maxLength"].dump() + " bytes";
  return out;
}

bool required_in(const json& schema, const std::string& name) {
  for (const auto& one : child(schema, "required")) {
    if (one == name) return true;
  }
  return false;
}

// One row a field; objects without a name of their own are unfolded under it.
std::string field_rows(const json& schema, const std::string& prefix) {
  std::string rows;
  for (const auto& [name, field] : child(schema, "properties").items()) {
    const std::string note = field.contains("$ref") ? "" : field.value("description", std::string());
    rows += row({"<code>" + html(prefix + name) + "</code>", type_of(field), required_in(schema, name) ? "always" : "", html(note)});
    const bool list = field.contains("items") && field["items"].contains("properties");
    rows += field_rows(list ? field["items"] : field, prefix + name + (list ? "[]." : "."));
  }
  return rows;
}

std::string schema_html(const std::string& name, const json& schema) {
  std::string out = "<h3 id=\"schema-" + html(name) + "\">" + html(name) + "</h3>\n";
  if (schema.contains("description")) out += "<p>" + html(schema["description"].get<std::string>()) + "</p>\n";
  if (!schema.contains("properties")) out += "<p>" + type_of(schema) + "</p>\n";
  out += table({"Field", "Type", "Present", "Meaning"}, field_rows(schema, ""));
  return out;
}

std::string body_html(const json& body) {
  std::string out = "<p><b>Body</b>";
  if (!body["content"].contains("application/json")) {
    std::string types;
    for (const auto& [type, ignored] : body["content"].items()) types += (types.empty() ? " " : ", ") + html(type);
    return out + types + "</p>\n";
  }
  const auto& media = body["content"]["application/json"];
  if (media["schema"].empty())
    out += ": " + html(body.value("description", std::string()));
  else
    out += " " + type_of(media["schema"]) + (body.value("required", false) ? "" : " (may be left out)");
  out += "</p>\n";
  if (media.contains("example")) out += "<pre>" + html(media["example"].dump(2)) + "</pre>\n";
  return out;
}

std::string operation_html(const json& document, const std::string& method, const std::string& path, const json& operation) {
  std::string word = method;
  for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
  std::string out = "<h3 id=\"" + html(operation["operationId"].get<std::string>()) + "\"><span class=\"method\">" + word +
                    "</span> <code>" + html(path) + "</code></h3>\n<p>" +
                    html(operation["summary"].get<std::string>() + ". " + operation.value("description", std::string())) + "</p>\n";
  const bool open = operation.contains("security");
  const std::string scope = operation.value("x-scope", std::string());
  out += "<p class=\"scope\">" +
         (open            ? "No key needed."
          : scope.empty() ? "Any valid key."
                          : "Scope <code>" + html(scope) + "</code>.") +
         "</p>\n";
  std::string rows;
  for (const auto& given : child(operation, "parameters")) {
    const json& parameter = resolved(document, given);
    rows += row({"<code>" + html(parameter["name"].get<std::string>()) + "</code>", html(parameter["in"].get<std::string>()),
                 type_of(parameter["schema"]), html(parameter.value("description", std::string()))});
  }
  out += table({"Parameter", "In", "Type", "Meaning"}, rows);
  if (operation.contains("requestBody")) out += body_html(operation["requestBody"]);
  rows.clear();
  for (const auto& [status, given] : operation["responses"].items()) {
    const json& response = resolved(document, given);
    std::string type;
    for (const auto& [media, content] : child(response, "content").items()) {
      const bool named = content.contains("schema") && content["schema"].contains("$ref");
      type += named ? type_of(content["schema"]) : html(media);
    }
    rows += row({status, type, html(response["description"].get<std::string>())});
  }
  return out + table({"Status", "Answer", "Meaning"}, rows);
}

std::string docs_page(const json& document) {
  std::string out = kDocsPage;
  out += "<h1>Roundtrip API</h1>\n<p>" + html(document["info"]["description"].get<std::string>()) +
         "</p>\n<p><a href=\"/v1/openapi.json\">OpenAPI 3.1</a> - <a href=\"/docs/problems\">problem codes</a></p>\n";
  std::string contents, operations;
  for (const auto& tag : document["tags"]) {
    contents += "<h2>" + html(tag["name"].get<std::string>()) + "</h2>\n<ul>\n";
    operations += "<h2>" + html(tag["name"].get<std::string>()) + "</h2>\n<p>" + html(tag["description"].get<std::string>()) + ".</p>\n";
    for (const auto& [path, methods] : document["paths"].items()) {
      for (const auto& [method, operation] : methods.items()) {
        if (operation["tags"][0] != tag["name"]) continue;
        contents += "<li>" + link(operation["operationId"], operation["summary"]) + "</li>\n";
        operations += operation_html(document, method, path, operation);
      }
    }
    contents += "</ul>\n";
  }
  out += "<nav aria-label=\"Contents\">\n" + contents + "</nav>\n" + operations + "<h2>Schemas</h2>\n";
  for (const auto& [name, schema] : document["components"]["schemas"].items()) out += schema_html(name, schema);
  return out + "</main>\n</body>\n</html>\n";
}

// `type` of a problem points here: /docs/problems#code.
std::string problems_page(const json& document) {
  std::string rows;
  for (const auto& [code, meaning] : document["x-problems"].items()) {
    rows +=
        "<tr id=\"" + html(code) + "\"><td><code>" + html(code) + "</code></td><td>" + html(meaning.get<std::string>()) + "</td></tr>\n";
  }
  return kDocsPage +
         ("<h1>Problem codes</h1>\n<p>What <code>code</code> of an application/problem+json answer means. <a href=\"/docs\">The "
          "API</a></p>\n" +
          table({"Code", "Meaning"}, rows)) +
         "</main>\n</body>\n</html>\n";
}
}  // namespace

std::string_view openapi_text() { return kOpenApiText; }

void add_openapi_routes(Router& router, const Services&) {
  const json document = json::parse(kOpenApiText);
  router.add({"GET", "/v1/openapi.json", Gate::open, "", [](const Request&) { return json_text_reply(200, kOpenApiText); }});
  router.add({"GET", "/docs", Gate::open, "", [page = docs_page(document)](const Request&) { return html_reply(200, page); }});
  router.add({"GET", "/docs/problems", Gate::open, "", [page = problems_page(document)](const Request&) { return html_reply(200, page); }});
  router.add({"GET", "/docs/docs.css", Gate::open, "", [](const Request&) {
                return Reply{200, "text/css; charset=utf-8", kDocsStyle, {}};
              }});
}

}  // namespace roundtrip::http
