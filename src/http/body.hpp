// Reads a JSON body field by field, lists every fault at once, refuses unknown fields.
//
//   Body body(request.body);
//   Fields root = body.root();
//   const auto name = root.text("name", {.required = true, .max = 200});
//   for (Fields line : root.objects("lines", 1, 1000)) ...
//   if (auto refused = body.finish()) return problem_reply(*refused);
#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace roundtrip::http {

struct TextRule {
  bool required = false;
  std::size_t max = 500;  // bytes
  std::size_t min = 0;
  bool multiline = false;
};

class Body;

// One JSON object of the body. Missing and null are the same. After a fault the default comes back.
class Fields {
 public:
  std::string text(const char* name, TextRule rule = {});
  std::optional<std::string> optional_text(const char* name, TextRule rule = {});
  // What a scanner sent: 1 to `max` bytes; the control characters GS, RS, EOT and tab are data there.
  std::string scan_text(const char* name, std::size_t max);
  std::int64_t integer(const char* name, bool required, std::int64_t fallback, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_integer(const char* name, std::int64_t min, std::int64_t max);
  bool boolean(const char* name, bool fallback);
  std::optional<Instant> time(const char* name, bool required = false);
  // An object; missing gives an empty one (and a fault when required).
  Fields object(const char* name, bool required = false);
  bool has(const char* name) const;
  std::vector<Fields> objects(const char* name, std::size_t min, std::size_t max);
  std::vector<std::string> texts(const char* name, std::size_t max_items, std::size_t max_bytes);
  // A value of any shape, as JSON text; "" when missing.
  std::string raw(const char* name, std::size_t max_bytes);
  void fault(const char* name, const std::string& code, const std::string& detail);
  const std::string& pointer() const { return pointer_; }
  // The object itself as compact JSON text.
  std::string dump() const;

 private:
  friend class Body;
  Fields(Body& body, const nlohmann::json* value, std::string pointer);
  const nlohmann::json* find(const char* name);
  Body* body_;
  const nlohmann::json* value_;
  std::string pointer_;
  std::size_t index_;  // into Body::seen
};

class Body {
 public:
  explicit Body(std::string_view text);
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  Fields root();
  // The root when it may be an array or {"items": [...]}: a batch. At most `max` objects.
  std::vector<Fields> batch(std::size_t max);
  // Nothing when the body was fine; else 400 (not JSON, too deep) or 422 with all faults. Call after
  // every field was asked for: fields nobody asked for are unknown.
  std::optional<Error> finish();
  // Faults found under one pointer prefix, for answers per item; takes them out.
  std::vector<Fault> take_faults(const std::string& prefix);
  bool malformed() const { return malformed_.has_value(); }

 private:
  friend class Fields;
  struct Seen;
  std::unique_ptr<nlohmann::json> json_;
  std::optional<Error> malformed_;
  std::vector<Fault> faults_;
  std::vector<Seen> seen_;
};

// Parses JSON with a depth limit of 64; nothing for anything else.
std::optional<nlohmann::json> parse_json(std::string_view text);

// An id of a required field; a fault when it is not one.
template <class IdType>
IdType id_field(Fields& fields, const char* name) {
  const std::string text = fields.text(name, {.required = true, .max = 40});
  const auto id = parse_id<IdType>(text);
  if (!id && !text.empty()) fields.fault(name, "invalid_id", "An id begins with " + std::string(IdPrefix<IdType>::value) + "_.");
  return id.value_or(IdType{});
}

}  // namespace roundtrip::http
