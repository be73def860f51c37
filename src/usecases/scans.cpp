// One scan: resolve, hand to the station's kind, keep the answer.
#include "usecases/scans.hpp"

#include <nlohmann/json.hpp>

#include "base/crash.hpp"
#include "base/secrets.hpp"
#include "carriers/identify.hpp"
#include "domain/gs1.hpp"
#include "store/labels.hpp"
#include "store/order_changes.hpp"
#include "usecases/bench.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::usecases {
namespace {
using json = nlohmann::ordered_json;

json pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json out = json::object();
  for (const auto& [name, value] : pairs) out[name] = value;
  return out;
}

json next_json(const NextStep& next) {
  json out = {{"action", next.action}, {"say", next.say}};
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"sku", next.sku},
                                    {"name", next.name},
                                    {"bin", next.bin},
                                    {"code", next.code},
                                    {"image_url", next.image_url}}) {
    if (!value.empty()) out[name] = value;
  }
  if (next.quantity > 0) out["quantity"] = next.quantity;
  return out;
}

std::string answer_json(const std::string& scan_id, const Answer& answer) {
  json effects = json::array(), print = json::array();
  for (const auto& effect : answer.effects) effects.push_back({{"type", effect.type}, {"id", effect.id}});
  for (const auto& one : answer.print) print.push_back({{"kind", one.kind}, {"url", one.url}, {"pending", one.pending}});
  json out = {{"scan_id", scan_id},
              {"outcome", answer.outcome},
              {"code", answer.code},
              {"say", answer.say},
              {"scanned", pairs_json(answer.scanned)},
              {"expected", pairs_json(answer.expected)},
              {"next", next_json(answer.next)},
              {"effects", effects},
              {"print", print}};
  if (answer.total > 0) out["progress"] = {{"done", answer.done}, {"total", answer.total}};
  if (answer.order) out["order_id"] = to_text(*answer.order);
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What the barcode may be, before the database is asked.
store::ScanQuestion question_of(const ScanRequest& request) {
  store::ScanQuestion question;
  question.station = request.station;
  question.scan_id = request.scan_id;
  const auto scan = domain::split_symbology(request.barcode);
  question.text = scan.text;
  if (const auto own = domain::parse_own_code(scan.text)) {
    question.own_kind = std::string(1, static_cast<char>(own->kind));
    question.own_number = own->number;
  }
  // A carrier's barcode is taken for one before it is read as GS1: what looks like GS1 may hold its number.
  question.numbers = carriers::numbers_in_scan(request.barcode);
  question.barcodes.push_back(scan.text);
  if (const auto item = domain::parse_item(request.barcode, request.symbology); item && !item->gtin14.empty()) {
    question.barcodes.push_back(item->gtin14);
    if (const auto inner = domain::inner_gtin14(item->gtin14)) question.barcodes.push_back(*inner);
    // EAN-8 with a leading 0 is for use inside one shop, UPC-E for everybody: bare digits may be either.
    const bool bare = scan.symbology.empty() && request.symbology.empty() && scan.text.size() == 8 && scan.text.front() == '0';
    if (const auto expanded = bare ? domain::upce_to_gtin14(scan.text) : std::nullopt) question.barcodes.push_back(*expanded);
  }
  return question;
}

// An SSCC that we gave stands for its parcel.
void find_own_sscc(store::Transaction& tx, MerchantId merchant, const ScanRequest& request, store::ScanQuestion& question) {
  const auto item = !question.own_kind ? domain::parse_item(request.barcode, request.symbology) : std::nullopt;
  const auto parcel = item && !item->sscc.empty() ? store::parcel_of_sscc(tx, merchant, item->sscc) : std::nullopt;
  if (!parcel) return;
  question.own_kind = std::string(1, static_cast<char>(domain::CodeKind::parcel));
  question.own_number = parcel->value;
}

// What was scanned, in words and as fields of the answer.
void name_the_scanned(Bench& bench, const std::string& text) {
  const auto& facts = bench.facts;
  auto& scanned = bench.answer.scanned;
  const auto is = [&](const char* kind, std::string words) {
    scanned = {{"kind", kind}, {"barcode", text.substr(0, 100)}};
    bench.scanned_name = std::move(words);
  };
  if (bench.command)
    is("command", "the card " + domain::word_of_card(*bench.command));
  else if (facts.shipment)
    is("shipment", "shipment " + domain::code_of(*facts.shipment));
  else if (facts.return_id)
    is("return", "return " + domain::code_of(*facts.return_id));
  else if (facts.parcel)
    is("parcel", "parcel " + domain::code_of(*facts.parcel));
  else if (facts.bin)
    is("bin", "bin " + facts.bin_name.value_or(""));
  else if (facts.badge)
    is("badge", "the badge of " + facts.badge_login.value_or(""));
  else if (facts.sku) {
    is("item", *facts.product_name + " (" + *facts.sku + ")");
    scanned.emplace_back("sku", *facts.sku);
    scanned.emplace_back("name", *facts.product_name);
  } else if (const auto label = carriers::label_in_scan(bench.request.barcode)) {
    is("carrier_label", "the carrier's label " + label->number + " (" + label->carrier + ")");
    scanned.emplace_back("tracking_number", label->number);
    scanned.emplace_back("carrier", label->carrier);
  } else
    is("unknown", "\"" + text.substr(0, 60) + "\"");
}

// Cards and badges that mean the same at every station; true when that was all.
bool handled_everywhere(Bench& bench, const std::string& text) {
  if (bench.facts.badge) {
    bench.station().user = bench.facts.badge;
    bench.answer.code = "signed_in";
    bench.answer.say = "Hello " + bench.facts.badge_login.value_or("") + ".";
    bench.answer.next = {"scan", "Go on scanning."};
    return true;
  }
  if (bench.command && bench.command->quantity > 0) {
    bench.station().quantity = bench.command->quantity;
    bench.answer.code = "quantity_set";
    bench.answer.say = "The next item counts " + std::to_string(bench.command->quantity) + ".";
    bench.answer.next = {"scan_item", "Scan the item once."};
    return true;
  }
  if (bench.command && bench.command->of_returns() && bench.station().kind != "returns") {
    bench.refuse("not_here", "The card " + domain::word_of_card(*bench.command) + " is for the returns station.",
                 {"scan", "Go on scanning."});
    return true;
  }
  const bool unknown =
      !bench.command && !bench.facts.sku && !bench.facts.shipment && !bench.facts.parcel && !bench.facts.return_id && !bench.facts.bin;
  if (!unknown) return false;
  if (bench.station().kind == "dispatch" && take_number_at_dispatch(bench)) return true;
  if (domain::is_misread_own_code(text)) {
    bench.refuse("misread", "That was misread (" + bench.scanned_name + "): its check character is wrong.",
                 {"scan", "Scan the label again."});
  } else if (bench.station().kind == "returns") {
    find_unknown_at_returns(bench, text);
  } else if (carriers::label_in_scan(bench.request.barcode)) {
    bench.refuse("unknown_label", "No parcel and no return here has the number of " + bench.scanned_name + ".",
                 {"scan", "Scan the packing slip or the return's own code, or put it aside for a person."});
  } else {
    bench.refuse("unknown_barcode", "Nobody here knows " + bench.scanned_name + ".",
                 {"scan", "Scan another barcode of it, or put it aside for a person."});
  }
  return true;
}

void act(Bench& bench) {
  const auto text = domain::split_symbology(bench.request.barcode).text;
  name_the_scanned(bench, text);
  if (handled_everywhere(bench, text)) return;
  const std::string kind = bench.station().kind;
  if (kind == "pick")
    scan_at_pick(bench);
  else if (kind == "pack")
    scan_at_pack(bench);
  else if (kind == "dispatch")
    scan_at_dispatch(bench);
  else if (kind == "returns")
    scan_at_returns(bench);
  else
    scan_at_receive(bench);
}

Result<ScanAnswer> replay(const std::string& kept_hash, const std::string& hash, const std::string& outcome, const std::string& code,
                          const std::string& answer) {
  if (kept_hash == hash) return ScanAnswer{outcome, code, answer, true};
  return Error{ErrorKind::invalid,
               "scan_id_reused",
               "This scan_id was used for another scan. Every scan needs a UUID of its own.",
               {{"/scan_id", "reused", "was used before"}}};
}

Result<ScanAnswer> scan_once(const Context& context, const ScanSettings& settings, const ScanRequest& request, const std::string& hash) {
  Context floor{context.db, context.merchant, {"floor", context.actor.name + " at " + request.station}, context.now};
  std::vector<std::string> fill;
  Answer answer;
  std::string text;
  {
    store::Transaction tx{context.db};
    auto question = question_of(request);
    find_own_sscc(tx, context.merchant, request, question);
    auto facts = store::lock_station_and_resolve(tx, context.merchant, question);
    if (!facts) {
      return Error{ErrorKind::invalid,
                   "no_such_station",
                   "There is no station '" + request.station + "'. GET /v1/stations lists them.",
                   {{"/station", "no_such_station", "unknown"}}};
    }
    if (facts->replay_hash) return replay(*facts->replay_hash, hash, *facts->replay_outcome, *facts->replay_code, *facts->replay_answer);
    Bench bench{tx, floor, settings, request, std::move(*facts), std::nullopt, ""};
    if (question.own_kind == "C") bench.command = domain::parse_command({domain::CodeKind::command, question.own_number});
    const auto before = bench.station().quantity;
    act(bench);
    // A QTY card holds for one item.
    if (bench.answer.outcome == "accepted" && bench.answer.code != "quantity_set" && before != 1) bench.station().quantity = 1;
    answer = std::move(bench.answer);
    fill = std::move(bench.fill_skus);
    text = answer_json(request.scan_id, answer);
    crash_point("scan.decided");
    store::add_scan(tx, context.merchant,
                    {request.scan_id, request.barcode, hash, answer.outcome, answer.code, text, floor.actor.name, bench.station().id,
                     answer.order, request.scanned_at},
                    context.now);
    store::save_station(tx, context.merchant, bench.station(), context.now);
    crash_point("scan.before_commit");
    tx.commit();
    crash_point("scan.after_commit");
  }
  if (!fill.empty()) fill_backorders(floor, fill);
  return ScanAnswer{answer.outcome, answer.code, text, false};
}
}  // namespace

void Bench::refuse(std::string code, std::string say, NextStep next) {
  answer.outcome = "refused";
  answer.code = std::move(code);
  answer.say = std::move(say);
  answer.next = std::move(next);
}

void Bench::ask_person(std::string code, std::string say, NextStep next) {
  refuse(std::move(code), std::move(say), std::move(next));
  answer.outcome = "needs_person";
}

Result<ScanAnswer> scan(const Context& context, const ScanSettings& settings, const ScanRequest& request) {
  const std::string hash =
      sha256_hex(request.station + "\n" + request.barcode + "\n" + (request.quantity ? std::to_string(*request.quantity) : ""));
  try {
    return scan_once(context, settings, request, hash);
  } catch (const store::DatabaseError& error) {
    if (error.sqlstate != "23505" || error.constraint != "scans_pkey") throw;
  }
  // The same scan id arrived at two stations at once: the first one's answer holds.
  store::Session session{context.db};
  const auto kept = store::find_scan(session, context.merchant, request.scan_id);
  if (!kept) throw std::logic_error("a scan that exists cannot be found");
  return replay(kept->request_hash, hash, kept->outcome, kept->code, kept->answer);
}

void record(Bench& bench, store::OrderHead& head, const std::string& type, const std::string& subject, const std::string& detail) {
  store::append_timeline(bench.tx, bench.context.merchant, head,
                         {type, bench.context.actor.channel, bench.context.actor.name, subject, detail}, bench.context.now);
  store::save_head(bench.tx, bench.context.merchant, head, bench.context.now);
}

store::ShipmentWorkLine* line_that_misses(store::Work& work, const std::string& sku,
                                          std::int64_t (*missing)(const store::ShipmentWorkLine&)) {
  store::ShipmentWorkLine* found = nullptr;
  for (auto& line : work.lines) {
    if (line.sku != sku) continue;
    if (missing(line) > 0) return &line;
    found = &line;
  }
  return found;
}

std::string detail_of_units(const std::string& sku, std::int64_t units) {
  return json{{"sku", sku}, {"units", units}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<OpenWork> open_work(Bench& bench, OrderId order, ShipmentId shipment) {
  bench.answer.order = order;
  auto locked = store::lock_work(bench.tx, bench.context.merchant, order, shipment);
  if (!locked || locked->shipments.empty()) throw std::logic_error("a shipment that exists cannot be locked");
  OpenWork open{std::move(locked->head), std::move(locked->shipments[0])};
  bench.answer.expected = {{"shipment", domain::code_of(shipment)}, {"order", open.head.external_id}};
  if (open.work.status == domain::ShipmentStatus::canceled) {
    bench.station().shipment.reset();
    bench.refuse("shipment_canceled", "Order " + open.head.external_id + " was canceled.",
                 {"put_back", "Put its goods back into their bins and scan the next shipment."});
    return std::nullopt;
  }
  if (open.head.hold_reason) {
    bench.refuse("order_held", "Order " + open.head.external_id + " is on hold: " + *open.head.hold_reason + ".",
                 {"scan_shipment", "Put it aside and scan the next shipment."});
    return std::nullopt;
  }
  return open;
}

void report_problem(Bench& bench, OrderId order, ShipmentId shipment) {
  auto head = store::lock_order(bench.tx, bench.context.merchant, order);
  if (!head) throw std::logic_error("an order that exists cannot be locked");
  bench.answer.order = order;
  head->hold_reason = "problem reported at " + bench.station().name;
  store::set_hold(bench.tx, bench.context.merchant, order, true, std::nullopt);
  record(bench, *head, "order.held", to_text(shipment), json{{"reason", *head->hold_reason}}.dump());
  bench.station().shipment.reset();
  bench.station().parcel.reset();
  bench.ask_person("problem_reported", "Order " + head->external_id + " is on hold; the desk was told.",
                   {"scan_shipment", "Put it aside and scan the next shipment."});
}

std::vector<StationName> station_names(const Context& context) {
  store::Session session{context.db};
  std::vector<StationName> out;
  for (auto& row : store::station_names(session, context.merchant)) out.push_back({row.name, row.kind, row.warehouse});
  return out;
}

Result<StationView> station_view(const Context& context, const std::string& name) {
  store::Session session{context.db};
  const auto read = store::find_station(session, context.merchant, name);
  if (!read) return Error{ErrorKind::not_found, "no_such_station", "There is no station '" + name + "'. GET /v1/stations lists them."};
  StationView state;
  state.name = read->station.name;
  state.kind = read->station.kind;
  state.warehouse = read->warehouse_name;
  state.user = read->user_login;
  state.order = read->order_external_id;
  if (read->station.shipment) state.shipment_code = domain::code_of(*read->station.shipment);
  if (read->station.return_id) state.return_code = domain::code_of(*read->station.return_id);
  std::vector<std::string> statuses;
  if (state.kind == "pick") statuses = {"allocated", "picking"};
  if (state.kind == "pack") statuses = {"picked", "packing"};
  if (state.kind == "dispatch") statuses = {"packed", "labeled"};
  if (!statuses.empty()) {
    for (auto& row : store::shipment_queue(session, context.merchant, read->station.warehouse, statuses, 20)) {
      state.queue_codes.push_back(domain::code_of(row.id));
      state.waiting.push_back({domain::code_of(row.id), row.external_id, row.customer_name, row.status, row.ship_by, row.lines, row.units});
    }
  }
  NextStep next{state.kind == "dispatch"  ? "scan_parcel"
                : state.kind == "returns" ? "scan_return"
                : state.kind == "receive" ? "scan_item"
                                          : "scan_shipment",
                state.kind == "dispatch"  ? "Scan a parcel's label."
                : state.kind == "returns" ? "Scan a return label or a tracking number."
                : state.kind == "receive" ? "Scan a bin, then each item."
                                          : "Scan a shipment's code."};
  if (read->station.shipment && read->order && (state.kind == "pick" || state.kind == "pack")) {
    store::Transaction tx{context.db};  // rolled back: only read
    auto locked = store::lock_work(tx, context.merchant, *read->order, *read->station.shipment);
    if (locked && !locked->shipments.empty())
      next = state.kind == "pick" ? next_pick(locked->shipments[0]) : next_pack(locked->shipments[0]);
  } else if (!state.waiting.empty()) {
    next.code = state.waiting.front().code;
  }
  state.next_json = next_json(next).dump(-1, ' ', false, json::error_handler_t::replace);
  for (auto& one : store::latest_scans(session, context.merchant, read->station.id, 10)) {
    const auto kept = json::parse(one.answer, nullptr, false);
    state.last.push_back({one.scan_id, one.barcode, one.outcome, one.code, kept.is_object() ? kept.value("say", "") : "", one.at});
  }
  return state;
}

}  // namespace roundtrip::usecases
