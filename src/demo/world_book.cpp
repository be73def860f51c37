// Parcels, labels and manifests, and their lines in the file.
#include "demo/world_book.hpp"

#include <nlohmann/json.hpp>

namespace roundtrip::demo {
namespace {
using BookJson = nlohmann::ordered_json;
constexpr std::string_view kStoryMark = "demo:";  // as a line of an address: which story the parcel has

std::string word(const BookJson& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}
int integer(const BookJson& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

BookJson line_of(const WorldParcel& parcel) {
  BookJson json = {{"number", parcel.number},
                   {"reference", parcel.reference},
                   {"scenario", to_text(parcel.scenario)},
                   {"back", parcel.back},
                   {"country", parcel.country},
                   {"city", parcel.city},
                   {"weight_g", parcel.weight_g},
                   {"announced_at", format_rfc3339(parcel.announced_at)}};
  if (parcel.voided_at) json["voided_at"] = format_rfc3339(*parcel.voided_at);
  return json;
}

WorldParcel parcel_of(const BookJson& json) {
  WorldParcel parcel;
  parcel.number = word(json, "number");
  parcel.reference = word(json, "reference");
  parcel.scenario = parse_scenario(word(json, "scenario")).value_or(Scenario::good);
  parcel.back = json.value("back", false);
  parcel.country = word(json, "country");
  parcel.city = word(json, "city");
  parcel.weight_g = integer(json, "weight_g");
  parcel.announced_at = parse_rfc3339(word(json, "announced_at")).value_or(Instant{});
  parcel.voided_at = parse_rfc3339(word(json, "voided_at"));
  return parcel;
}

BookJson address_line(const LabelAddress& address) {
  return BookJson::array(
      {address.name, address.company, address.line1, address.line2, address.city, address.region, address.postal_code, address.country});
}
LabelAddress address_of(const BookJson& json) {
  const auto at = [&](std::size_t i) {
    return json.is_array() && i < json.size() && json[i].is_string() ? json[i].get<std::string>() : std::string();
  };
  return {at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
}

BookJson line_of(const SoldLabel& label) {
  const LabelSale& sale = label.sale;
  BookJson json = {{"label", label.number},
                   {"id", label.id},
                   {"tongue", sale.tongue},
                   {"marker", sale.marker},
                   {"content", sale.content},
                   {"reference", sale.reference},
                   {"service", sale.service},
                   {"account", sale.account},
                   {"from", address_line(sale.from)},
                   {"to", address_line(sale.to)},
                   {"back", sale.back},
                   {"weight_g", sale.weight_g},
                   {"manifest", label.manifest},
                   {"sold_at", format_rfc3339(label.sold_at)}};
  if (label.voided_at) json["voided_at"] = format_rfc3339(*label.voided_at);
  return json;
}

SoldLabel label_of(const BookJson& json) {
  SoldLabel label;
  label.number = word(json, "label");
  label.id = word(json, "id");
  label.sale = {word(json, "tongue"),
                word(json, "marker"),
                word(json, "content"),
                word(json, "reference"),
                word(json, "service"),
                word(json, "account"),
                address_of(json.value("from", BookJson())),
                address_of(json.value("to", BookJson())),
                json.value("back", false),
                integer(json, "weight_g")};
  label.manifest = word(json, "manifest");
  label.sold_at = parse_rfc3339(word(json, "sold_at")).value_or(Instant{});
  label.voided_at = parse_rfc3339(word(json, "voided_at"));
  return label;
}

std::string key_of(std::string_view tongue, const std::string& name) { return std::string(tongue) + " " + name; }

// The story that a line of one of the addresses asks for, or the one that the number has by chance.
Scenario story_of(const LabelSale& sale, const std::string& number, int good_percent) {
  for (const auto* address : {&sale.to, &sale.from}) {
    for (const auto* line : {&address->line1, &address->line2, &address->company}) {
      if (!line->starts_with(kStoryMark)) continue;
      if (const auto wished = parse_scenario(line->substr(kStoryMark.size()))) return *wished;
    }
  }
  return choose_scenario(number, sale.reference, good_percent);
}

WorldParcel parcel_of(const SoldLabel& label, int good_percent) {
  const LabelSale& sale = label.sale;
  // A return's story begins in the customer's town.
  const LabelAddress& town = sale.back ? sale.from : sale.to;
  WorldParcel parcel;
  parcel.number = label.number;
  parcel.reference = sale.reference.empty() ? label.id : sale.reference;
  parcel.scenario = story_of(sale, label.number, good_percent);
  parcel.back = sale.back;
  parcel.country = town.country;
  parcel.city = town.city;
  parcel.weight_g = sale.weight_g;
  parcel.announced_at = label.sold_at;
  return parcel;
}
}  // namespace

WorldBook::WorldBook(const std::string& state_file) {
  if (state_file.empty()) return;
  std::ifstream file(state_file);
  bool cut = false;  // the last line has no end: a crash
  for (std::string line; std::getline(file, line);) {
    cut = file.eof();
    load(line);
  }
  state_.open(state_file, std::ios::app);
  if (cut) state_ << "\n";
  if (!state_) throw std::runtime_error("the demo carrier cannot write its state to " + state_file);
}

void WorldBook::load(const std::string& line) {
  const BookJson json = BookJson::parse(line, nullptr, false);
  if (!json.is_object()) return;  // a line cut by a crash
  if (json.contains("label")) {
    keep(label_of(json));
  } else if (auto parcel = parcel_of(json); !parcel.number.empty()) {
    keep(parcel);
  }
}

// The mutex is held by those who call these two, or nobody else knows the book yet.
void WorldBook::keep(const WorldParcel& parcel) {
  parcels_[parcel.number] = parcel;
  if (state_.is_open()) state_ << line_of(parcel).dump(-1, ' ', false, BookJson::error_handler_t::replace) << "\n" << std::flush;
}

void WorldBook::keep(const SoldLabel& label) {
  labels_[label.number] = label;
  ids_[key_of(label.sale.tongue, label.id)] = label.number;
  if (!label.sale.marker.empty()) marks_[key_of(label.sale.tongue, label.sale.marker)] = label.number;
  if (state_.is_open()) state_ << line_of(label).dump(-1, ' ', false, BookJson::error_handler_t::replace) << "\n" << std::flush;
}

std::optional<WorldParcel> WorldBook::parcel(const std::string& number) const {
  const std::lock_guard lock(mutex_);
  const auto known = parcels_.find(number);
  return known == parcels_.end() ? std::nullopt : std::optional(known->second);
}

std::pair<WorldParcel, bool> WorldBook::announce(const WorldParcel& parcel) {
  const std::lock_guard lock(mutex_);
  const auto known = parcels_.find(parcel.number);
  if (known != parcels_.end() && known->second.reference == parcel.reference) return {known->second, false};
  keep(parcel);
  return {parcel, true};
}

std::optional<WorldParcel> WorldBook::force(const std::string& number, Scenario scenario) {
  const std::lock_guard lock(mutex_);
  const auto known = parcels_.find(number);
  if (known == parcels_.end()) return std::nullopt;
  WorldParcel parcel = known->second;
  parcel.scenario = scenario;
  keep(parcel);
  return parcel;
}

SoldLabel WorldBook::sell(const LabelSale& sale, const std::function<std::string(std::uint64_t)>& number, int good_percent, Instant now) {
  const std::lock_guard lock(mutex_);
  if (!sale.marker.empty()) {
    const auto sold = marks_.find(key_of(sale.tongue, sale.marker));
    if (sold != marks_.end()) return labels_.at(sold->second);
  }
  SoldLabel label{sale, "", "", now, std::nullopt, ""};
  std::uint64_t serial = world_hash(sale.tongue + sale.marker + sale.reference + std::to_string(now.us) + std::to_string(labels_.size()));
  for (label.number = number(serial); parcels_.contains(label.number); label.number = number(serial)) ++serial;
  char id[17];
  std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(world_hash(label.number)));
  label.id = id;
  keep(parcel_of(label, good_percent));
  keep(label);
  return label;
}

std::size_t WorldBook::labels_sold() const {
  const std::lock_guard lock(mutex_);
  return labels_.size();
}

std::optional<SoldLabel> WorldBook::label(std::string_view tongue, const std::string& number_or_id) const {
  const std::lock_guard lock(mutex_);
  const auto id = ids_.find(key_of(tongue, number_or_id));
  const auto known = labels_.find(id == ids_.end() ? number_or_id : id->second);
  return known == labels_.end() || known->second.sale.tongue != tongue ? std::nullopt : std::optional(known->second);
}

bool WorldBook::void_label(const SoldLabel& given, Instant now) {
  const std::lock_guard lock(mutex_);
  SoldLabel label = labels_.at(given.number);
  if (label.voided_at) return false;
  label.voided_at = now;
  keep(label);
  if (const auto parcel = parcels_.find(label.number); parcel != parcels_.end()) {
    WorldParcel voided = parcel->second;
    voided.voided_at = now;
    keep(voided);
  }
  return true;
}

std::vector<std::string> WorldBook::put_on_manifest(std::string_view tongue, const std::vector<std::string>& numbers,
                                                    const std::string& manifest) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> others;
  for (const auto& number : numbers) {
    const auto known = labels_.find(number);
    if (known == labels_.end() || known->second.sale.tongue != tongue || !known->second.manifest.empty() || known->second.voided_at) {
      others.push_back(number);
      continue;
    }
    SoldLabel label = known->second;
    label.manifest = manifest;
    keep(label);
  }
  return others;
}

std::vector<SoldLabel> WorldBook::manifest(std::string_view tongue, const std::string& manifest) const {
  const std::lock_guard lock(mutex_);
  std::vector<SoldLabel> out;
  for (const auto& [number, label] : labels_) {
    if (label.sale.tongue == tongue && label.manifest == manifest) out.push_back(label);
  }
  return out;
}

}  // namespace roundtrip::demo
