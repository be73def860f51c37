// The floor: choosing a station, its screen, its state as JSON, command cards, the scanner test.
#include <algorithm>

#include "domain/codes.hpp"
#include "usecases/floor.hpp"
#include "usecases/label_reading.hpp"
#include "web/format.hpp"
#include "web/pages.hpp"
#include "web/station_pages.hpp"

namespace roundtrip::web {
namespace {
struct KindWords {
  std::string_view kind, label, hint, job, verb, queue, empty, help;
};
constexpr KindWords kKinds[] = {
    {"receive", "Receive", "Scan a bin, then each item that goes into it.", "Receiving", "to put away", "Waiting for goods",
     "No order waits for goods.", "Scan the bin, then every item you put into it. QTY cards count more than one piece at once."},
    {"pick", "Pick", "Scan a shipment's code, or press Start on the next one.", "Picking", "to pick", "To pick",
     "Nothing waits to be picked.",
     "Scan the shipment, walk to the bin on the screen, scan each item. Goods missing? Scan SHORT. Wrong item? Put it back and scan the "
     "right one."},
    {"pack", "Pack", "Scan a picked shipment's code.", "Packing", "to pack", "To pack", "Nothing waits to be packed.",
     "Scan the shipment, then every item. The last one closes the parcel and prints its label. SPLIT starts another parcel."},
    {"dispatch", "Dispatch", "Scan each parcel that the carrier takes; DONE when it has taken all: the list is printed.", "Dispatching",
     "to hand over", "Ready for the carrier", "No parcel waits for the carrier.",
     "Scan the parcel's label when it goes into the carrier's cage. Red means it must not leave."},
    {"returns", "Returns", "Scan a return's label or its tracking number.", "Return", "to receive", "On their way back",
     "No return is expected.",
     "Scan whatever stands on the parcel: return label, tracking number or order. Everything in it is received and refunded by policy; a "
     "GRADE or "
     "SPLIT card before it opens it item by item. Wrong, too many, or not announced? It is recorded and a person decides. UNDO takes the "
     "last "
     "scan back until the money is on its way."},
};
const KindWords& words_of_kind(std::string_view kind) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindWords& words) { return words.kind == kind; });
  if (found == std::end(kKinds)) throw std::logic_error("unknown kind of station: " + std::string(kind));
  return *found;
}

std::string initials_of(std::string_view sku) { return std::string(sku.substr(0, 4)); }

// Only pictures of our own host: pages load nothing from elsewhere.
std::string own_image(const std::string& url) { return url.starts_with("/") && !url.starts_with("//") ? url : ""; }

std::int64_t done_of(const usecases::WorkLine& line, std::string_view kind) { return kind == "pack" ? line.packed : line.picked; }
std::int64_t wanted_of(const usecases::WorkLine& line, std::string_view kind) { return kind == "pack" ? line.picked : line.wanted; }

// "A-01 × 2, B-03 × 1" -> "A-01".
std::string first_bin(const std::string& bins) { return bins.substr(0, std::min(bins.find(" ×"), bins.find(','))); }

Json job_of(const usecases::StationState& state) {
  if (state.lines.empty()) return nullptr;
  const auto& kind = state.station.kind;
  const auto& words = words_of_kind(kind);
  Json lines = Json::array(), next = nullptr;
  std::int64_t done = 0, wanted = 0;
  for (const auto& line : state.lines) {
    const auto has = done_of(line, kind), needs = wanted_of(line, kind);
    done += has;
    wanted += needs;
    lines.push_back({{"sku", line.sku},
                     {"description", line.description},
                     {"bins", kind == "pick" ? line.bins : ""},
                     {"done", has},
                     {"wanted", needs}});
    if (!next.is_null() || has >= needs) continue;
    const std::string where = kind == "pick" ? (line.bins.empty() ? "No bin known" : "Bin " + first_bin(line.bins)) : words.job.data();
    next = {{"where", where},
            {"description", line.description},
            {"sku", line.sku},
            {"left", needs - has},
            {"verb", words.verb},
            {"initials", initials_of(line.sku)},
            {"image", own_image(line.image_url)}};
  }
  std::string title(words.job);
  if (state.shipment) title += " " + domain::code_of(state.shipment->id) + " · order " + state.shipment->external_id;
  if (state.station.under_return) title += " " + domain::code_of(*state.station.under_return);
  return {{"title", title}, {"done", done}, {"wanted", wanted}, {"lines", lines}, {"next", next}};
}

std::string code_in_queue(const std::string& kind, std::int64_t number) {
  if (kind == "dispatch") return domain::code_of(ParcelId{number});
  if (kind == "returns") return domain::code_of(ReturnId{number});
  return domain::code_of(ShipmentId{number});
}

Json queue_of(const usecases::StationState& state, Instant now) {
  const auto& kind = state.station.kind;
  const auto& words = words_of_kind(kind);
  Json items = Json::array();
  for (const auto& entry : state.queue.first) {
    std::string text = std::to_string(entry.units) + (entry.units == 1 ? " piece" : " pieces");
    if (!entry.bins.empty()) text += " · " + entry.bins;
    if (entry.due) text += " · " + std::string(*entry.due < now ? "was due " : "due ") + relative_time(*entry.due, now);
    items.push_back({{"code", code_in_queue(kind, entry.number)},
                     {"text", text},
                     {"late", entry.due && *entry.due < now},
                     {"startable", kind == "pick" || kind == "pack"}});
  }
  return {{"title", words.queue},
          {"empty", words.empty},
          {"count", state.queue.count >= 1000 ? "1000+" : std::to_string(state.queue.count)},
          {"items", items}};
}

Json recent_of(const usecases::StationState& state, Instant now) {
  Json out = Json::array();
  for (const auto& scan : state.scans) {
    const auto answer = Json::parse(scan.answer, nullptr, false);
    const bool speaks = answer.is_object() && answer.contains("say") && answer["say"].is_string();
    out.push_back({{"barcode", scan.barcode},
                   {"outcome", scan.outcome},
                   {"say", speaks ? answer["say"].get<std::string>() : scan.code},
                   {"at", relative_time(scan.at, now)}});
  }
  return out;
}

http::Reply station_state(const http::Services& services, const http::Request& request) {
  const auto state = usecases::read_station(http::context_of(services, request), std::string(request.param("name")));
  if (!state) return http::problem_reply(state.error());
  const auto& words = words_of_kind(state->station.kind);
  return http::json_reply(200, {{"station",
                                 {{"name", state->station.name},
                                  {"kind", state->station.kind},
                                  {"warehouse", state->station.warehouse_name},
                                  {"quantity", state->station.quantity}}},
                                {"hint", words.hint},
                                {"job", job_of(*state)},
                                {"returns", state->returns ? returns_screen_json(*state->returns, request.now) : Json(nullptr)},
                                {"queue", queue_of(*state, request.now)},
                                {"recent", recent_of(*state, request.now)}});
}

http::Reply take_photo(const http::Services& services, const http::Request& request) {
  const auto files = request.files();
  if (files.empty() || files.front().bytes.empty())
    return http::problem_reply({ErrorKind::invalid, "photo_unreadable", "No photo came with it: take it again."});
  const auto photo =
      usecases::take_station_photo(http::context_of(services, request), std::string(request.param("name")), files.front().bytes);
  return photo ? http::json_reply(200, {{"id", to_text(*photo)}}) : http::problem_reply(photo.error());
}

// The scan that a scanner would have sent, had it seen the label on the photo.
http::Reply read_station_label(const http::Services& services, const http::Request& request) {
  const auto files = request.files();
  if (files.empty()) return http::problem_reply({ErrorKind::invalid, "no_photo", "No photo came with it: take it again."});
  const auto scan = usecases::scan_of_picture(http::context_of(services, request), files.front().bytes);
  return scan ? http::json_reply(200, {{"scan", *scan}}) : http::problem_reply(scan.error());
}

Page floor_page(const std::string& title, const std::string& content) {
  Page page{.layout = Layout::station, .title = title, .content = content};
  page.data["station_title"] = title;
  return page;
}

http::Reply station_list(const http::Services& services, const http::Request& request) {
  const auto stations = usecases::list_stations(http::context_of(services, request));
  Json groups = Json::array();
  for (const auto& kind : kKinds) {
    Json members = Json::array();
    for (const auto& station : stations) {
      if (station.kind != kind.kind) continue;
      std::string doing = "Free";
      if (station.shipment) doing = "At work on " + domain::code_of(*station.shipment);
      if (station.under_return) doing = "At work on " + domain::code_of(*station.under_return);
      members.push_back({{"name", station.name}, {"doing", doing}});
    }
    if (!members.empty()) groups.push_back({{"label", kind.label}, {"stations", members}});
  }
  auto page = floor_page("Stations", "station_list");
  page.data["groups"] = groups;
  return page_reply(services, request, page);
}

http::Reply station_page(const http::Services& services, const http::Request& request) {
  const auto state = usecases::read_station(http::context_of(services, request), std::string(request.param("name")));
  if (!state) return error_page(services, request, Layout::plain, state.error());
  const auto& words = words_of_kind(state->station.kind);
  auto page = floor_page(state->station.name, "station");
  page.data["station_title"] = state->station.name + " · " + std::string(words.label);
  page.data["station"] = {{"name", state->station.name}, {"kind", state->station.kind}, {"reads_labels", state->station.kind == "returns"}};
  page.data["hint"] = words.hint;
  page.data["help"] = words.help;
  page.data["scripts"] =
      Json::array({asset_url("wedge.js"), asset_url("scan_queue.js"), asset_url("station_returns.js"), asset_url("station.js")});
  return page_reply(services, request, page);
}

http::Reply scanner_test(const http::Services& services, const http::Request& request) {
  auto page = floor_page("Scanner test", "station_test");
  const std::string symbols = "ABCxyz0189-._/:+$% *";
  page.data["symbols"] = symbols;
  page.data["symbols_svg"] = barcode_svg(symbols);
  page.data["scripts"] = Json::array({asset_url("wedge.js"), asset_url("scanner_test.js")});
  return page_reply(services, request, page);
}

http::Reply command_cards(const http::Services& services, const http::Request& request) {
  using domain::Command;
  auto page = floor_page("Command cards", "station_cards");
  constexpr std::pair<Command, std::string_view> commands[] = {
      {Command::undo, "Take the last scan back"}, {Command::run_short, "Goods are missing"}, {Command::split, "Another parcel"},
      {Command::print, "Print the label again"},  {Command::problem, "A person must look"},  {Command::done, "End what is under way"},
  };
  Json cards = Json::array(), bins = Json::array();
  for (const auto& [command, means] : commands)
    cards.push_back(card(domain::word_of_command(command), means, domain::command_code(command)));
  for (const std::int64_t quantity : {2, 3, 4, 5, 6, 10, 12, 20, 24, 50, 100}) {
    cards.push_back(
        card("QTY " + std::to_string(quantity), "The next scan counts " + std::to_string(quantity), domain::quantity_code(quantity)));
  }
  page.data["returns_cards"] = returns_cards();
  for (const auto& bin : usecases::list_bins(http::context_of(services, request)))
    bins.push_back(card(bin.name, "Bin", domain::code_of(bin.id)));
  page.data["cards"] = cards;
  page.data["bins"] = bins;
  page.data["has_bins"] = !bins.empty();
  page.data["scripts"] = Json::array({asset_url("print.js")});
  return page_reply(services, request, page);
}
}  // namespace

void add_station_routes(http::Router& router, const http::Services& services) {
  const auto page = [&](const char* pattern, auto handler) {
    router.add({"GET", pattern, http::Gate::staff, "scans:write",
                [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  page("/station", station_list);
  page("/station/cards", command_cards);
  page("/station/scanner-test", scanner_test);
  page("/station/{name}", station_page);
  page("/station/{name}/state", station_state);
  router.add({"POST", "/station/{name}/photo", http::Gate::staff, "scans:write",
              [&services](const http::Request& request) { return take_photo(services, request); }});
  router.add({"POST", "/station/{name}/label", http::Gate::staff, "scans:write",
              [&services](const http::Request& request) { return read_station_label(services, request); }});
}

}  // namespace roundtrip::web
