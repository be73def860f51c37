// The returns station's screen as data, and its cards.
#include <algorithm>

#include "domain/codes.hpp"
#include "usecases/floor.hpp"
#include "web/format.hpp"
#include "web/station_pages.hpp"

namespace roundtrip::web {
namespace {
using domain::Disposition;
using domain::Grade;

struct GradeWords {
  Grade grade;
  std::string_view means;
};
constexpr GradeWords kGradeWords[] = {
    {Grade::a, "As new"}, {Grade::b, "Opened, sound"}, {Grade::c, "Used or marked"}, {Grade::d, "Broken"}};
struct DispositionWords {
  Disposition disposition;
  std::string_view means;
};
constexpr DispositionWords kDispositionWords[] = {{Disposition::restock, "Back for sale"},
                                                  {Disposition::refurbish, "To be repaired or cleaned"},
                                                  {Disposition::quarantine, "Apart, until it is clear"},
                                                  {Disposition::scrap, "Thrown away"},
                                                  {Disposition::recycle, "To the recycler"},
                                                  {Disposition::donate, "Given away"},
                                                  {Disposition::send_back, "Back to the customer"}};

std::string_view waste_words(std::string_view waste) {
  if (waste == "weee") return "Electronics: WEEE container, never the bin.";
  if (waste == "battery") return "Battery: battery box, poles taped.";
  if (waste == "weee_battery") return "Electronics with a battery: take the battery out; WEEE container and battery box.";
  if (waste == "hazardous") return "Hazardous: the locked container, never the bin.";
  return "";
}

Json line_json(const usecases::ReturnsScreen::Line& one) {
  const auto& line = one.line;
  const bool local = line.image_url.starts_with("/") && !line.image_url.starts_with("//");
  return {{"sku", line.sku},
          {"description", line.description},
          {"image", local ? line.image_url : ""},
          {"initials", line.sku.substr(0, 4)},
          {"reason", words_of_code(line.reason)},
          {"note", line.note},
          {"announced", line.announced},
          {"received", line.received},
          {"accepted", line.accepted},
          {"rejected", line.rejected},
          {"waiting", line.received - line.accepted - line.rejected},
          {"left", line.announced - line.accepted - line.rejected},
          {"person", line.acceptance == "needs_person"},
          {"disposition", line.disposition == "none" ? "" : words_of_code(line.disposition)},
          {"disposal", one.disposal},
          {"waste", waste_words(line.special_waste)}};
}

// What the policy said when the return was made.
Json verdict_json(const std::string& kept, const std::string& status) {
  const auto decision = Json::parse(kept, nullptr, false);
  Json steps = Json::array();
  std::string verdict = status == "requested" ? "Waits for a person at the desk" : "Approved";
  std::string what_next = "Accepted and refunded when it is scanned.";
  if (!decision.is_object()) return {{"verdict", verdict}, {"next", what_next}, {"freight", ""}, {"steps", steps}};
  if (decision.value("approved", false)) verdict = "Approved by the policy";
  if (decision.value("refund_trigger", "") == "inspection") what_next = "Each item is looked at: only what you accept is refunded.";
  if (decision.value("refund_trigger", "") == "carrier_scan") what_next = "The refund began with the carrier's first scan.";
  if (const auto trace = decision.find("trace"); trace != decision.end() && trace->is_array()) {
    for (const auto& step : *trace) {
      const std::string said = step.is_object() ? step.value("result", "") : "";
      if (!said.empty()) steps.push_back({{"text", said}, {"refused", step.value("refused", false)}});
    }
  }
  const std::string payer = decision.value("freight_paid_by", "");
  return {{"verdict", verdict},
          {"next", what_next},
          {"freight", payer.empty()         ? ""
                      : payer == "merchant" ? "The shop pays the way back"
                                            : "The customer pays the way back"},
          {"steps", steps}};
}

Json case_json(const usecases::ReturnsScreen::Case& one, Instant now) {
  Json lines = Json::array();
  for (const auto& line : one.lines) lines.push_back(line_json(line));
  Json photos = Json::array();
  for (const auto& photo : one.photos) photos.push_back("/v1/photos/" + to_text(photo.id));
  Json last = nullptr;
  if (one.last) {
    const std::int64_t left_s = one.undo_until ? (*one.undo_until - now) / kSecond : 0;
    last = {{"by", one.last->actor}, {"at", relative_time(one.last->booked_at, now)}, {"number", one.last->number}, {"undo_s", left_s}};
  }
  return {{"code", one.view.code},
          {"order", one.head.external_id},
          {"customer", one.head.customer},
          {"country", one.head.country},
          {"kind", words_of_code(one.view.kind)},
          {"outcome", words_of_code(one.view.outcome)},
          {"status", state_pill(one.view.status)},
          {"asked", relative_time(one.view.created_at, now)},
          {"suggestion", one.view.suggestion},
          {"policy", verdict_json(one.view.decision, one.view.status)},
          {"lines", lines},
          {"photos", photos},
          {"last", last}};
}

Json button(std::string_view word, std::string_view means, const std::string& code, const char* key, bool pressed = false) {
  return {{"word", word}, {"means", means}, {"code", code}, {"key", key}, {"pressed", pressed}};
}
}  // namespace

Json barcode_path(const std::string& text) {
  const auto modules = usecases::barcode_modules(text);
  if (modules.empty()) return nullptr;
  std::string path;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    if (!modules[i]) continue;
    std::size_t end = i;
    while (end < modules.size() && modules[end]) ++end;
    path += "M" + std::to_string(i + 10) + " 0h" + std::to_string(end - i) + "v60h-" + std::to_string(end - i) + "z";
    i = end;
  }
  return {{"width", modules.size() + 20}, {"path", path}};
}

std::string barcode_svg(const std::string& text) {
  const Json bars = barcode_path(text);
  if (bars.is_null()) return "";
  return "<svg viewBox=\"0 0 " + std::to_string(bars["width"].get<std::size_t>()) +
         " 60\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\" aria-hidden=\"true\"><path d=\"" +
         bars["path"].get<std::string>() + "\"/></svg>";
}

Json card(std::string_view word, std::string_view means, const std::string& code) {
  return {{"word", word}, {"means", means}, {"code", code}, {"svg", barcode_svg(code)}};
}

Json returns_screen_json(const usecases::ReturnsScreen& screen, Instant now) {
  const auto& memory = screen.memory;
  Json grades = Json::array(), dispositions = Json::array(), choices = Json::array(), contents = Json::array();
  constexpr const char* kKeys[] = {"", "A", "B", "C", "D"};
  for (const auto& one : kGradeWords) {
    const std::string word(domain::to_text(one.grade));
    grades.push_back(button(word, one.means, domain::grade_code(one.grade), kKeys[static_cast<int>(one.grade)], memory.grade == word));
  }
  for (const auto& one : kDispositionWords) {
    const std::string word(domain::to_text(one.disposition));
    dispositions.push_back(
        button(words_of_code(word), one.means, domain::disposition_code(one.disposition), "", memory.disposition == word));
  }
  std::int64_t number = 0;
  for (const auto& one : screen.choices) {
    choices.push_back({{"number", ++number},
                       {"code", domain::code_of(one.id)},
                       {"choice", domain::choice_code(number)},
                       {"order", one.external_id},
                       {"customer", one.customer},
                       {"awaited", one.awaited},
                       {"asked", relative_time(one.created_at, now)},
                       {"bars", barcode_path(domain::code_of(one.id))}});
  }
  for (const auto& one : screen.contents)
    contents.push_back({{"sku", one.sku.value_or("")}, {"name", one.product_name}, {"quantity", one.quantity}});
  Json parcel = nullptr;
  if (screen.parcel) {
    parcel = {{"id", to_text(screen.parcel->id)},
              {"number", screen.parcel->number},
              {"order", screen.parcel->order_external_id},
              {"contents", contents}};
  }
  return {{"case", screen.open ? case_json(*screen.open, now) : Json(nullptr)},
          {"choices", choices},
          {"parcel", parcel},
          {"by_item", memory.by_item},
          {"photo_waits", !memory.photo.empty()},
          {"grades", grades},
          {"dispositions", dispositions},
          {"reject", button("Reject", "Not accepted, no refund", domain::reject_code(), "R", memory.reject)},
          {"commands", Json::array({button("Undo", "Take the last scan back", domain::command_code(domain::Command::undo), "U"),
                                    button("Split", "Item by item", domain::command_code(domain::Command::split), "S", memory.by_item),
                                    button("Problem", "A person must look", domain::command_code(domain::Command::problem), "P"),
                                    button("Done", "Put it away", domain::command_code(domain::Command::done), "F")})}};
}

Json returns_cards() {
  Json out = Json::array();
  for (const auto& one : kGradeWords)
    out.push_back(card("GRADE " + std::string(domain::to_text(one.grade)), one.means, domain::grade_code(one.grade)));
  out.push_back(card("REJECT", "The next item is not accepted", domain::reject_code()));
  for (const auto& one : kDispositionWords)
    out.push_back(card(domain::word_of_card({.disposition = one.disposition}), one.means, domain::disposition_code(one.disposition)));
  for (std::int64_t choice = 1; choice <= domain::kMostChoices; ++choice)
    out.push_back(card("CHOICE " + std::to_string(choice), "That one of the list", domain::choice_code(choice)));
  return out;
}

}  // namespace roundtrip::web
