// The memory of a returns station as JSON.
#include "usecases/returns_memory.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::usecases {
namespace {
using nlohmann::json;

template <class IdType>
void put_id(json& out, const char* name, const std::optional<IdType>& id) {
  if (id) out[name] = id->value;
}
template <class IdType>
void take_id(const json& from, const char* name, std::optional<IdType>& id) {
  if (const auto found = from.find(name); found != from.end() && found->is_number_integer()) id = IdType{found->get<std::int64_t>()};
}
}  // namespace

ReturnsMemory parse_returns_memory(const std::string& text) {
  ReturnsMemory memory;
  if (text.empty()) return memory;
  const json from = json::parse(text, nullptr, false);
  if (!from.is_object()) return memory;
  memory.grade = from.value("grade", "");
  memory.disposition = from.value("disposition", "");
  memory.photo = from.value("photo", "");
  memory.reject = from.value("reject", false);
  memory.by_item = from.value("by_item", false);
  for (const auto& id : from.value("choices", std::vector<std::int64_t>{})) memory.choices.push_back(ReturnId{id});
  memory.chosen_sku = from.value("chosen_sku", "");
  memory.chosen_units = from.value("chosen_units", std::int64_t{1});
  memory.unknown = from.value("unknown", "");
  take_id(from, "parcel", memory.parcel);
  take_id(from, "last_found", memory.last_found);
  take_id(from, "about", memory.about);
  return memory;
}

std::string to_json(const ReturnsMemory& memory) {
  json out = json::object();
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
  };
  put("grade", memory.grade);
  put("disposition", memory.disposition);
  put("photo", memory.photo);
  put("chosen_sku", memory.chosen_sku);
  put("unknown", memory.unknown);
  if (memory.reject) out["reject"] = true;
  if (memory.by_item) out["by_item"] = true;
  for (const auto id : memory.choices) out["choices"].push_back(id.value);
  if (memory.chosen_units != 1) out["chosen_units"] = memory.chosen_units;
  put_id(out, "parcel", memory.parcel);
  put_id(out, "last_found", memory.last_found);
  put_id(out, "about", memory.about);
  return out.empty() ? "" : out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace roundtrip::usecases
