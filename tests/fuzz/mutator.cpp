// Mutations that keep a JSON or XML reply well-formed, so that the fuzzer reaches what is behind the parser. Half of all mutations are
// libFuzzer's own on the bytes.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <sstream>

#include "carriers/reply.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace roundtrip::carriers::fuzz {
namespace {
using Random = std::minstd_rand;
constexpr std::size_t kMostTextGrown = 64;

std::string changed_text(std::string text, Random& random) {
  static const char* const kTexts[] = {"",
                                       "null",
                                       "-1",
                                       "99999999999999999999",
                                       "2026-02-29T25:61:61+99:99",
                                       "0000-00-00",
                                       "20261120",
                                       "true",
                                       "\xE2\x80\xA8",
                                       "1e999",
                                       "2026-11-20T09:15:00Z",
                                       "D",
                                       "12/31/9999",
                                       "24:00",
                                       "<b>&amp;",
                                       "1"};
  if (random() % 3 == 0) return kTexts[random() % std::size(kTexts)];
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  const auto size = bytes.size();
  bytes.resize(size + kMostTextGrown);
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
  return {bytes.begin(), bytes.end()};
}

void collect(Json& value, std::vector<Json*>& all) {
  all.push_back(&value);
  if (!value.is_structured()) return;
  for (auto& child : value) collect(child, all);
}

void change(Json& whole, Random& random) {
  std::vector<Json*> all;
  collect(whole, all);
  Json& one = *all[random() % all.size()];
  switch (random() % 6) {
    case 0:
      one = Json(*all[random() % all.size()]);  // another value of the document
      break;
    case 1:
      one = static_cast<std::int64_t>(random()) - 1'000'000'000;
      break;
    case 2:
      one = nullptr;
      break;
    case 3:
      if (one.is_array() && !one.empty()) one.push_back(Json(one[random() % one.size()]));
      break;
    case 4:
      if (one.is_structured() && !one.empty()) {
        auto at = one.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random() % one.size()));
        one.erase(at);
      }
      break;
    default:
      one = changed_text(one.is_string() ? one.get<std::string>() : std::string("x"), random);
  }
}

void collect(pugi::xml_node node, std::vector<pugi::xml_node>& all) {
  for (const auto child : node.children()) {
    all.push_back(child);
    collect(child, all);
  }
}

void change(pugi::xml_document& document, Random& random) {
  std::vector<pugi::xml_node> all;
  collect(document, all);
  if (all.empty()) return;
  auto one = all[random() % all.size()];
  switch (random() % 4) {
    case 0:
      if (one.parent().type() == pugi::node_element) one.parent().append_copy(one);
      break;
    case 1:
      if (one.parent().type() == pugi::node_element) one.parent().remove_child(one);
      break;
    case 2:
      if (const auto other = all[random() % all.size()]; one.type() == pugi::node_element && other.type() == pugi::node_element)
        one.append_copy(other);
      break;
    default:
      if (one.type() == pugi::node_pcdata)
        one.set_value(changed_text(one.value(), random).c_str());
      else if (one.type() == pugi::node_element)
        one.text().set(changed_text(one.text().get(), random).c_str());
  }
}

std::string changed(std::string_view body, Random& random) {
  auto document = Document::of(body);
  if (document.json) {
    for (auto times = 1 + random() % 3; times > 0; --times) change(*document.json, random);
    return document.json->dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  if (!document.xml) return "";
  for (auto times = 1 + random() % 3; times > 0; --times) change(*document.xml, random);
  std::ostringstream out;
  document.xml->save(out, "", pugi::format_raw);
  return out.str();
}
}  // namespace
}  // namespace roundtrip::carriers::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  std::minstd_rand random(seed);
  if (size < 3 || random() % 2 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string body = roundtrip::carriers::fuzz::changed({reinterpret_cast<const char*>(data) + 1, size - 1}, random);
  if (body.empty() || body.size() + 1 > most) return LLVMFuzzerMutate(data, size, most);
  if (random() % 8 == 0) data[0] = static_cast<std::uint8_t>(random());
  std::memcpy(data + 1, body.data(), body.size());
  return body.size() + 1;
}
