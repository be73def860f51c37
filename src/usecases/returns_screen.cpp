// Reading the returns station's screen.
#include "usecases/returns_screen.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/database.hpp"
#include "store/floor.hpp"
#include "store/receipts.hpp"
#include "store/refunds.hpp"
#include "store/returns.hpp"
#include "store/stations.hpp"

namespace roundtrip::usecases {
namespace {
std::string lower_ascii(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// How well a locale's text is understood in a country: 3 its own, 2 its language, 1 English, 0 any.
int fit_of_locale(const std::string& locale, const std::string& country) {
  const std::string low = lower_ascii(locale), land = lower_ascii(country);
  if (!land.empty() && low.size() > 3 && low.ends_with("-" + land)) return 3;
  const std::string language = low.substr(0, low.find('-'));
  const bool german = land == "at" || land == "ch" || land == "li";
  if (!land.empty() && (language == land || (german && language == "de") || (land == "br" && language == "pt"))) return 2;
  return language == "en" ? 1 : 0;
}

// When the first of a receipt's refunds is paid; nothing when one has gone already, or none waits.
std::optional<Instant> paid_at(store::Session& session, const Context& context, const store::ReceiptRow& receipt) {
  std::optional<Instant> first;
  for (const auto& row : store::refunds_of_order(session, context.merchant, receipt.order)) {
    if (row.release_key() != receipt.refund_key || row.state == domain::RefundState::denied) continue;
    if (row.state != domain::RefundState::requested || !row.due_at || *row.due_at <= context.now) return std::nullopt;
    if (!first || *row.due_at < *first) first = row.due_at;
  }
  return first;
}
}  // namespace

std::string disposal_text(const std::string& care, const std::string& country) {
  const auto by_locale = nlohmann::json::parse(care, nullptr, false);
  if (!by_locale.is_object()) return "";
  std::string best;
  int fit = -1;
  for (const auto& [locale, texts] : by_locale.items()) {
    if (!texts.is_object() || !texts.contains("disposal") || !texts["disposal"].is_string()) continue;
    if (const int here = fit_of_locale(locale, country); here > fit) {
      fit = here;
      best = texts["disposal"].get<std::string>();
    }
  }
  return best;
}

ReturnsScreen read_returns_screen(const Context& context, WarehouseId warehouse, std::optional<ReturnId> open, const std::string& memory) {
  ReturnsScreen screen;
  screen.memory = parse_returns_memory(memory);
  if (open) {
    if (auto view = read_return(context, *open)) screen.open.emplace(ReturnsScreen::Case{std::move(*view), {}, {}, {}, {}, {}});
  }
  if (screen.open) {
    screen.open->photos = photos_of(context, screen.open->view.order);
    const std::string mine = to_text(*open);
    std::erase_if(screen.open->photos, [&](const Photo& photo) { return !photo.about.empty() && photo.about != mine; });
  }
  store::Session session(context.db);
  if (!screen.memory.choices.empty()) screen.choices = store::awaiting_returns_by_id(session, context.merchant, screen.memory.choices);
  if (screen.memory.parcel) {
    screen.parcel = store::find_found(session, context.merchant, *screen.memory.parcel);
    screen.contents = store::open_contents(session, context.merchant, *screen.memory.parcel);
  }
  if (!screen.open) return screen;
  auto& one = *screen.open;
  if (auto head = store::case_head(session, context.merchant, *open, warehouse)) one.head = std::move(*head);
  one.last = store::last_receipt(session, context.merchant, *open);
  if (one.last && !one.last->refund_key.empty()) one.undo_until = paid_at(session, context, *one.last);
  for (auto& line : store::case_lines(session, context.merchant, *open)) {
    std::string disposal = disposal_text(line.care, one.head.warehouse_country);
    one.lines.push_back({std::move(line), std::move(disposal)});
  }
  return screen;
}

Result<PhotoId> take_station_photo(const Context& context, const std::string& name, std::string_view bytes) {
  std::optional<ReturnId> open;
  std::optional<OrderId> order;
  {
    store::Session session(context.db);
    const auto station = store::station_facts(session, context.merchant, name);
    if (!station) return Error{ErrorKind::not_found, "no_such_station", "There is no station '" + name + "'. Choose one from the list."};
    open = station->under_return;
    if (open) order = store::order_of_return(session, context.merchant, *open);
  }
  if (!open || !order) return Error{ErrorKind::conflict, "no_return", "No return is open here: scan it, then take the photo."};
  const auto photo = add_photo(context, *order, to_text(*open), bytes);
  if (!photo) return photo.error();
  store::Transaction tx(context.db);
  auto station = store::lock_station(tx, context.merchant, name);
  if (!station || station->return_id != open) return photo;  // put away meanwhile: the photo stays with the return
  auto memory = parse_returns_memory(station->memory);
  memory.photo = to_text(*photo);
  station->memory = to_json(memory);
  store::save_station(tx, context.merchant, *station, context.now);
  tx.commit();
  return photo;
}

}  // namespace roundtrip::usecases
