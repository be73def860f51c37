// Where something is in a reply: JSON pointers and XPath behind one face.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carriers/reply.hpp"

namespace roundtrip::carriers::custom {

enum class DocumentKind { json, xml };

// A value in a document: a JSON value, or an XML element or attribute.
struct Spot {
  const Json* json = nullptr;
  pugi::xpath_node xml;
};

// What it says, as carriers::text reads it.
std::string text_of(const Spot& spot);

// JSON: an RFC 6901 pointer, "" for the value itself, "*" as a step for every member of a list or object.
// XML: an XPath 1.0 expression over names without their prefixes (the document is read without namespaces).
class Path {
 public:
  // Nothing when `text` is none; `fault` then says why.
  static std::optional<Path> parse(std::string_view text, DocumentKind kind, std::string& fault);
  // Everything there, in document order. An XPath that gives no nodes gives nothing.
  std::vector<Spot> all(const Spot& from) const;
  // As `all`; what is a JSON list and was not taken apart by a last "*" stands for its members.
  std::vector<Spot> members(const Spot& from) const;
  // The text of the first that has one.
  std::string text(const Spot& from) const;

 private:
  std::vector<std::string> steps_;                    // JSON
  std::shared_ptr<const pugi::xpath_query> query_{};  // XML; evaluating it changes nothing
};

// Several places to look at.
using Paths = std::vector<Path>;
// The first that is not empty.
std::string first_text(const Paths& paths, const Spot& from);
// All that are not empty, once each, "a, b".
std::string joined_text(const Paths& paths, const Spot& from, std::string_view by = ", ");

// A reply of a kind, ready to be looked at. XML is copied without the prefixes of its names.
class Sheet {
 public:
  // Not of this kind: `root` gives nothing.
  Sheet(const Reply& reply, DocumentKind kind);
  bool readable() const { return readable_; }
  Spot root() const;

 private:
  const Json* json_ = nullptr;
  pugi::xml_document xml_;
  bool readable_ = false;
};

}  // namespace roundtrip::carriers::custom
