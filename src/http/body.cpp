// The JSON body reader.
#include "http/body.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::http {
namespace {
constexpr int kMaxDepth = 64;

std::string escape_pointer(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  }
  return out;
}

bool has_control(std::string_view text, bool multiline) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7F || (byte < 0x20 && !(multiline && (c == '\n' || c == '\t' || c == '\r')))) return true;
  }
  return false;
}
}  // namespace

struct Body::Seen {
  const nlohmann::json* value;
  std::string pointer;
  std::set<std::string, std::less<>> asked;
};

std::optional<nlohmann::json> parse_json(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;  // the parser would take it for the end
  bool too_deep = false;
  const auto guard = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json&) {
    if (depth > kMaxDepth &&
        (event == nlohmann::json::parse_event_t::object_start || event == nlohmann::json::parse_event_t::array_start)) {
      too_deep = true;
      return false;
    }
    return !too_deep;
  };
  auto parsed = nlohmann::json::parse(text, guard, false);
  if (parsed.is_discarded() || too_deep) return std::nullopt;
  return parsed;
}

Body::Body(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) {
    malformed_ =
        Error{ErrorKind::malformed, "not_json", "The body is not JSON (UTF-8, nested at most 64 deep). Check quotes, commas and brackets."};
    json_ = std::make_unique<nlohmann::json>(nlohmann::json::object());
  } else {
    json_ = std::make_unique<nlohmann::json>(std::move(*parsed));
  }
}
Body::~Body() = default;

Fields::Fields(Body& body, const nlohmann::json* value, std::string pointer)
    : body_(&body), value_(value), pointer_(std::move(pointer)), index_(body.seen_.size()) {
  body.seen_.push_back({value, pointer_, {}});
}

Fields Body::root() {
  if (!malformed_ && !json_->is_object()) {
    faults_.push_back({"", "wrong_type", "the body must be a JSON object"});
    return {*this, nullptr, ""};
  }
  return {*this, json_.get(), ""};
}

std::vector<Fields> Body::batch(std::size_t max) {
  if (!malformed_ && json_->is_array()) {
    std::vector<Fields> out;
    if (json_->empty() || json_->size() > max) faults_.push_back({"", "wrong_size", "send 1 to " + std::to_string(max) + " items"});
    for (std::size_t i = 0; i < json_->size() && i < max; ++i) {
      const auto& item = (*json_)[i];
      const std::string pointer = "/" + std::to_string(i);
      if (!item.is_object()) faults_.push_back({pointer, "wrong_type", "must be an object"});
      out.push_back(Fields(*this, item.is_object() ? &item : nullptr, pointer));
    }
    return out;
  }
  return root().objects("items", 1, max);
}

std::optional<Error> Body::finish() {
  if (malformed_) return malformed_;
  for (const Seen& seen : seen_) {
    if (seen.value == nullptr) continue;
    for (const auto& [name, value] : seen.value->items()) {
      if (!seen.asked.contains(name)) {
        faults_.push_back({seen.pointer + "/" + escape_pointer(name), "unknown_field", "this field is not known here; remove it"});
      }
    }
  }
  if (faults_.empty()) return std::nullopt;
  const std::string count = faults_.size() == 1 ? "One field is" : std::to_string(faults_.size()) + " fields are";
  return Error{ErrorKind::invalid, "invalid_body", count + " not acceptable; see errors.", std::move(faults_)};
}

std::vector<Fault> Body::take_faults(const std::string& prefix) {
  std::vector<Fault> taken, kept;
  for (Fault& fault : faults_) {
    (fault.pointer == prefix || fault.pointer.starts_with(prefix + "/") ? taken : kept).push_back(std::move(fault));
  }
  for (const Seen& seen : seen_) {
    if (seen.value == nullptr || !(seen.pointer == prefix || seen.pointer.starts_with(prefix + "/"))) continue;
    for (const auto& [name, value] : seen.value->items()) {
      if (!seen.asked.contains(name))
        taken.push_back({seen.pointer + "/" + escape_pointer(name), "unknown_field", "this field is not known here; remove it"});
    }
  }
  std::erase_if(seen_, [&](const Seen& seen) { return seen.pointer == prefix || seen.pointer.starts_with(prefix + "/"); });
  faults_ = std::move(kept);
  return taken;
}

const nlohmann::json* Fields::find(const char* name) {
  body_->seen_[index_].asked.insert(name);
  if (value_ == nullptr) return nullptr;
  const auto at = value_->find(name);
  return at == value_->end() || at->is_null() ? nullptr : &*at;
}

void Fields::fault(const char* name, const std::string& code, const std::string& detail) {
  body_->faults_.push_back({pointer_ + "/" + escape_pointer(name), code, detail});
}

bool Fields::has(const char* name) const { return value_ != nullptr && value_->contains(name) && !(*value_)[name].is_null(); }

std::optional<std::string> Fields::optional_text(const char* name, TextRule rule) {
  const auto* value = find(name);
  if (value == nullptr) {
    if (rule.required) fault(name, "required", "is required");
    return std::nullopt;
  }
  if (!value->is_string()) {
    fault(name, "wrong_type", "must be text");
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > rule.max)
    fault(name, "too_long", "must be at most " + std::to_string(rule.max) + " bytes");
  else if (text.size() < rule.min || (rule.required && text.empty()))
    fault(name, "too_short", "must not be empty");
  else if (has_control(text, rule.multiline))
    fault(name, "control_character", "must not hold control characters");
  else
    return text;
  return std::nullopt;
}

std::string Fields::text(const char* name, TextRule rule) { return optional_text(name, rule).value_or(""); }

std::string Fields::scan_text(const char* name, std::size_t max) {
  const auto* value = find(name);
  if (value == nullptr || !value->is_string()) {
    fault(name, value == nullptr ? "required" : "wrong_type", value == nullptr ? "is required" : "must be text");
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  std::string visible = text;
  std::erase_if(visible, [](char c) { return c == '\x1D' || c == '\x1E' || c == '\x04'; });
  if (text.size() > max)
    fault(name, "too_long", "must be at most " + std::to_string(max) + " bytes");
  else if (visible.find_first_not_of(' ') == std::string::npos)
    fault(name, "too_short", "must not be empty");
  else if (has_control(visible, true))
    fault(name, "control_character", "must not hold control characters other than GS, RS and EOT");
  else
    return text;
  return {};
}

std::optional<std::int64_t> Fields::optional_integer(const char* name, std::int64_t min, std::int64_t max) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX);
  if (!fits) {
    fault(name, "wrong_type", "must be a whole number");
    return std::nullopt;
  }
  const auto number = value->get<std::int64_t>();
  if (number < min || number > max) {
    fault(name, "out_of_range", "must be between " + std::to_string(min) + " and " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::int64_t Fields::integer(const char* name, bool required, std::int64_t fallback, std::int64_t min, std::int64_t max) {
  if (required && !has(name)) fault(name, "required", "is required");
  return optional_integer(name, min, max).value_or(fallback);
}

bool Fields::boolean(const char* name, bool fallback) {
  const auto* value = find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    fault(name, "wrong_type", "must be true or false");
    return fallback;
  }
  return value->get<bool>();
}

std::optional<Instant> Fields::time(const char* name, bool required) {
  const auto* value = find(name);
  if (value == nullptr) {
    if (required) fault(name, "required", "is required");
    return std::nullopt;
  }
  const auto at = value->is_string() ? parse_rfc3339(value->get_ref<const std::string&>()) : std::nullopt;
  if (!at) fault(name, "not_a_time", "must be an RFC 3339 time, e.g. 2026-11-20T09:15:00Z");
  return at;
}

Fields Fields::object(const char* name, bool required) {
  const auto* value = find(name);
  if (value == nullptr && required) fault(name, "required", "is required");
  if (value != nullptr && !value->is_object()) {
    fault(name, "wrong_type", "must be an object");
    value = nullptr;
  }
  return {*body_, value, pointer_ + "/" + escape_pointer(name)};
}

std::vector<Fields> Fields::objects(const char* name, std::size_t min, std::size_t max) {
  std::vector<Fields> out;
  const auto* value = find(name);
  if (value == nullptr) {
    if (min > 0) fault(name, "required", "is required");
    return out;
  }
  if (!value->is_array()) {
    fault(name, "wrong_type", "must be a list");
    return out;
  }
  if (value->size() < min || value->size() > max) {
    fault(name, "wrong_size", "must have " + std::to_string(min) + " to " + std::to_string(max) + " items");
    return out;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    const auto& item = (*value)[i];
    const std::string pointer = pointer_ + "/" + escape_pointer(name) + "/" + std::to_string(i);
    if (!item.is_object()) body_->faults_.push_back({pointer, "wrong_type", "must be an object"});
    out.push_back(Fields(*body_, item.is_object() ? &item : nullptr, pointer));
  }
  return out;
}

std::vector<std::string> Fields::texts(const char* name, std::size_t max_items, std::size_t max_bytes) {
  std::vector<std::string> out;
  const auto* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array() || value->size() > max_items) {
    fault(name, "wrong_type", "must be a list of at most " + std::to_string(max_items) + " texts");
    return out;
  }
  for (const auto& item : *value) {
    if (!item.is_string() || item.get_ref<const std::string&>().size() > max_bytes || item.get_ref<const std::string&>().empty() ||
        has_control(item.get_ref<const std::string&>(), false)) {
      fault(name, "wrong_type", "must hold texts of 1 to " + std::to_string(max_bytes) + " bytes");
      return {};
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::string Fields::raw(const char* name, std::size_t max_bytes) {
  const auto* value = find(name);
  if (value == nullptr) return {};
  std::string text = value->dump();
  if (text.size() <= max_bytes) return text;
  fault(name, "too_long", "must be at most " + std::to_string(max_bytes) + " bytes");
  return {};
}

std::string Fields::dump() const { return value_ == nullptr ? "{}" : value_->dump(); }

}  // namespace roundtrip::http
