// Something is wrong with it: damaged, missing, wrong or lost items and warranty cases as the customer reports and follows them.
#include <algorithm>

#include "base/log.hpp"
#include "usecases/claims.hpp"
#include "usecases/photos.hpp"
#include "web/return_pages.hpp"

namespace roundtrip::web {
namespace {
using domain::ClaimKind;
using messages::TimeStyle;
using usecases::LinkKind;

constexpr std::size_t kMostClaimPhotos = 8;
constexpr ClaimKind kKindsToChoose[] = {ClaimKind::damaged, ClaimKind::missing, ClaimKind::wrong_item, ClaimKind::lost,
                                        ClaimKind::warranty};
constexpr domain::ClaimOutcome kWishes[] = {domain::ClaimOutcome::replace, domain::ClaimOutcome::refund, domain::ClaimOutcome::repair};

// What the form says.
struct ClaimForm {
  std::optional<ClaimKind> kind;
  domain::ClaimOutcome wish = domain::ClaimOutcome::undecided;
  std::vector<usecases::ClaimedUnits> lines;
  std::optional<ParcelId> parcel;
  std::string note;
  std::vector<PhotoId> photos;      // kept by now
  std::vector<PageFault> faults;    // in the reader's language
  std::optional<ClaimId> objected;  // to the rejection of this one
  std::string objection;
};

bool can_be_repaired(ClaimKind kind) { return kind == ClaimKind::damaged || kind == ClaimKind::warranty; }

std::vector<const usecases::ParcelView*> parcels_that_left(const usecases::OrderView& order) {
  std::vector<const usecases::ParcelView*> out;
  for (const auto& shipment : order.shipments) {
    for (const auto& parcel : shipment.parcels) {
      if (parcel.state == "handed_over") out.push_back(&parcel);
    }
  }
  return out;
}

// Units of a line that are in no return and no claim; open_claim has the last word.
std::int64_t claimable_units(const usecases::OrderView& order, const domain::LineView& line) {
  std::int64_t left = line.shipped - line.announced;
  for (const auto& claim : order.claims) {
    const auto state = domain::parse_claim_state(claim.state);
    const auto outcome = domain::parse_claim_outcome(claim.outcome);
    if (claim.return_id || !state || !domain::holds_units(*state, outcome.value_or(domain::ClaimOutcome::undecided))) continue;
    for (const auto& held : claim.lines) left -= held.line == line.id ? held.quantity : 0;
  }
  return line.goods ? std::max<std::int64_t>(0, left) : 0;
}

// What the form leaves out, named at its field.
void check_claim_form(const Visit& visit, ClaimForm& form) {
  if (!form.kind) form.faults.push_back({"kind-damaged", visit.say("claim.fault_kind")});
  const bool lost = form.kind == ClaimKind::lost;
  if (lost && !form.parcel) form.faults.push_back({"parcels", visit.say("claim.fault_parcel")});
  if (!lost && form.lines.empty()) form.faults.push_back({"choose", visit.say("claim.fault_none")});
  for (const auto& line : form.lines) {
    if (line.quantity < 1)
      form.faults.push_back({"q-" + to_text(line.line), visit.say("return.fault_quantity", {{"item", visit.item_name(line.line)}})});
  }
  const bool speaks = lost || form.kind == ClaimKind::missing || !form.note.empty() || !form.photos.empty();
  if (form.kind && !speaks) form.faults.push_back({"note", visit.say("claim.fault_note")});
}

ClaimForm read_claim_form(const Visit& visit, const std::vector<std::pair<std::string, std::string>>& fields) {
  ClaimForm out;
  out.kind = domain::parse_claim_kind(field(fields, "kind"));
  const bool lost = out.kind == ClaimKind::lost;
  const auto wish = domain::parse_claim_outcome(field(fields, "wish"));
  const bool possible = wish != domain::ClaimOutcome::repair || (out.kind && can_be_repaired(*out.kind));
  if (wish && possible) out.wish = *wish;
  out.note = field(fields, "note").substr(0, 2000);
  for (const auto& line : visit.order.lines) {
    const std::string id = to_text(line.id);
    if (!lost && field(fields, "take_" + id) == "yes") out.lines.push_back({line.id, typed_quantity(field(fields, "quantity_" + id))});
  }
  const auto parcels = parcels_that_left(visit.order);
  const auto named = parse_id<ParcelId>(field(fields, "parcel"));
  for (const auto* parcel : parcels) {
    if (lost && (named == parcel->id || parcels.size() == 1)) out.parcel = parcel->id;
  }
  for (const auto& [name, value] : fields) {
    const auto photo = name == "photo_of" ? parse_id<PhotoId>(value) : std::nullopt;
    if (photo && out.photos.size() < kMostClaimPhotos) out.photos.push_back(*photo);
  }
  return out;
}

// Files are kept at once, so that a form with a fault loses none; what a form says to be kept is one of the order's.
void keep_claim_photos(const http::Services& services, const http::Request& request, const Visit& visit, ClaimForm& form) {
  const auto context = context_of_visit(services, visit);
  if (!form.photos.empty()) {
    const auto known = usecases::photos_of(context, visit.order.id);
    std::erase_if(form.photos, [&](PhotoId one) {
      return std::none_of(known.begin(), known.end(), [&](const auto& photo) { return photo.id == one && photo.about.empty(); });
    });
  }
  for (const auto& file : request.files()) {
    const auto kept = usecases::add_photo(context, visit.order.id, "", file.bytes);
    if (!kept)
      form.faults.push_back({"photos", visit.say("claim.fault_photo", {{"file", file.name}})});
    else if (std::find(form.photos.begin(), form.photos.end(), *kept) == form.photos.end())
      form.photos.push_back(*kept);
  }
}

// A refusal of the use case in the reader's language, at the line it is about.
std::vector<PageFault> faults_of_claim(const Visit& visit, const ClaimForm& form, const Error& error) {
  std::vector<PageFault> out;
  for (const auto& fault : error.faults) {
    for (std::size_t i = 0; i < form.lines.size(); ++i) {
      if (fault.pointer != "/lines/" + std::to_string(i)) continue;
      out.push_back(
          {"take-" + to_text(form.lines[i].line), visit.say("claim.refused_units_left", {{"item", visit.item_name(form.lines[i].line)}})});
    }
  }
  if (!out.empty()) return out;
  const std::string rule = error.explain ? error.explain->rule : error.code;
  messages::Args args;
  for (std::size_t i = 0; error.explain && i < error.explain->values.size(); ++i) {
    const auto& [name, value] = error.explain->values[i];
    const auto at = parse_rfc3339(value);
    args.emplace_back(name, at ? visit.time(*at, TimeStyle::date) : value);
  }
  const std::string key = "claim.refused_" + rule;
  if (messages::has_text("page." + key)) return {{"choose", visit.say(key, args)}};
  return {{"choose", visit.say("claim.refused")}};
}

Json claim_kinds(const Visit& visit, const ClaimForm& form) {
  Json out = Json::array();
  for (const auto kind : kKindsToChoose) {
    const std::string word(domain::to_text(kind));
    out.push_back({{"value", word},
                   {"label", messages::text(visit.locale, "claim." + word)},
                   {"hint", visit.say("claim.hint_" + word)},
                   {"chosen", form.kind == kind}});
  }
  return out;
}

Json claim_wishes(const Visit& visit, const ClaimForm& form) {
  Json out = Json::array();
  for (const auto wish : kWishes) {
    const std::string word(domain::to_text(wish));
    out.push_back({{"value", word},
                   {"label", visit.say("claim.wish_" + word)},
                   {"repair", wish == domain::ClaimOutcome::repair},
                   {"chosen", form.wish == wish}});
  }
  out.push_back({{"value", ""}, {"label", visit.say("claim.wish_none")}, {"chosen", form.wish == domain::ClaimOutcome::undecided}});
  return out;
}

Json claim_lines(const Visit& visit, const ClaimForm& form) {
  Json out = Json::array();
  for (const auto& line : visit.order.lines) {
    const std::int64_t left = claimable_units(visit.order, line);
    if (left < 1) continue;
    const auto taken = std::find_if(form.lines.begin(), form.lines.end(), [&](const auto& one) { return one.line == line.id; });
    const std::string name = visit.item_name(line.id);
    Json one = quantity_fields(left, taken != form.lines.end() ? taken->quantity : left);
    one["id"] = to_text(line.id);
    one["name"] = name;
    one["letter"] = first_letter(name);
    one["left"] = visit.say("withdraw.left", {{"count", left}});
    one["taken"] = taken != form.lines.end();
    out.push_back(std::move(one));
  }
  return out;
}

Json claim_parcels(const Visit& visit, const ClaimForm& form) {
  Json out = Json::array();
  const auto parcels = parcels_that_left(visit.order);
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    std::string items;
    for (const auto& item : parcels[i]->items)
      items += (items.empty() ? "" : ", ") + std::to_string(item.quantity) + " × " + visit.item_name(item.line);
    const std::string title = parcels.size() == 1 ? visit.say("track.parcel")
                                                  : visit.say("track.parcel_of", {{"number", static_cast<std::int64_t>(i + 1)},
                                                                                  {"count", static_cast<std::int64_t>(parcels.size())}});
    out.push_back({{"value", to_text(parcels[i]->id)},
                   {"title", title},
                   {"number", parcels[i]->carrier + " " + parcels[i]->tracking_number},
                   {"items", items},
                   {"chosen", parcels.size() == 1 || form.parcel == parcels[i]->id}});
  }
  return out;
}

// ---- What there is already ------------------------------------------------------------------------------------------------------------

std::size_t claim_steps_reached(const std::string& state) {
  if (state == "opened") return 1;
  if (state == "assessing" || state == "awaiting_goods") return 2;
  return state == "accepted" || state == "in_repair" ? 3 : 4;
}

// Where it stands and what happens next, by when.
std::string claim_words(const Visit& visit, const usecases::ClaimView& claim) {
  const bool decided = claim.state == "accepted" || claim.state == "closed";
  if (decided && !claim.outcome.empty() && claim.outcome != "repair") return visit.say("claim.said_" + claim.state + "_" + claim.outcome);
  if (claim.state == "in_repair" && claim.repair_by) {
    const bool late = *claim.repair_by < visit.now;
    return visit.say(late ? "claim.said_repair_late" : "claim.said_in_repair", {{"date", visit.time(*claim.repair_by, TimeStyle::date)}});
  }
  return visit.say("claim.said_" + claim.state);
}

Json claim_card(const http::Services& services, const http::Request& request, const Visit& visit, const ClaimForm& form,
                const usecases::ClaimView& claim) {
  const auto legal = [&](std::string_view step) { return std::find(claim.steps.begin(), claim.steps.end(), step) != claim.steps.end(); };
  const std::string base = return_path(request) + "/claim/" + to_text(claim.id);
  Json out = {{"id", to_text(claim.id)},
              {"title", messages::text(visit.locale, "claim." + claim.kind)},
              {"number", visit.say("claim.number", {{"number", to_text(claim.id)}})},
              {"items", Json::array()},
              {"note", claim.note},
              {"said", claim_words(visit, claim)},
              {"tone", claim.state == "rejected" ? "warn" : ""},
              {"answer", claim.decision_note},
              {"over", claim.state == "rejected" || claim.state == "withdrawn"},
              {"may_withdraw", legal("withdraw")},
              {"may_object", legal("reopen")},
              {"objection", form.objected == claim.id ? form.objection : ""},
              {"withdraw_url", base + "/withdraw" + visit.lang_query},
              {"object_url", base + "/object" + visit.lang_query},
              {"travels", claim.state == "sent_back" && !claim.tracking_number.empty() ? claim.carrier + " " + claim.tracking_number : ""},
              {"label_url", claim.state == "awaiting_goods" ? return_path(request) + visit.lang_query : ""},
              {"track_url", ""},
              {"opened", visit.say("claim.opened_at", {{"time", visit.time(claim.opened_at, TimeStyle::date_time)}})}};
  for (const auto& line : claim.lines)
    out["items"].push_back({{"quantity", std::to_string(line.quantity)}, {"name", visit.item_name(line.line)}});
  out["rail"] = rail(
      visit.locale,
      {visit.say("claim.rail_reported"), visit.say("claim.rail_looked"), visit.say("claim.rail_decided"), visit.say("claim.rail_done")},
      claim_steps_reached(claim.state));
  if (claim.replacement) {
    const usecases::LinkTarget target{visit.target.merchant, *claim.replacement, claim.replacement_generation};
    out["track_url"] = "/track/" + services.links.token(LinkKind::tracking, target, visit.now) + visit.lang_query;
    out["track"] = visit.say("exchange.track", {{"order", claim.replacement_number}});
  }
  return out;
}

http::Reply claims_page(const http::Services& services, const http::Request& request, const Visit& visit, const ClaimForm& form,
                        int status) {
  auto page = customer_page(visit, request, visit.say("claim.title"), "customer_claims");
  page.status = status;
  auto& data = page.data;
  data["faults"] = Json::array();
  for (const auto& fault : form.faults) data["faults"].push_back({{"at", fault.at}, {"text", fault.text}});
  data["has_faults"] = !form.faults.empty();
  data["claims"] = Json::array();
  for (auto claim = visit.order.claims.rbegin(); claim != visit.order.claims.rend(); ++claim)
    data["claims"].push_back(claim_card(services, request, visit, form, *claim));
  data["has_claims"] = !visit.order.claims.empty();
  data["lines"] = claim_lines(visit, form);
  data["parcels"] = claim_parcels(visit, form);
  data["has_lines"] = !data["lines"].empty();
  data["can_report"] = !data["lines"].empty();
  data["nothing"] = data["lines"].empty() && visit.order.claims.empty() ? visit.say("claim.nothing") : "";
  data["form_open"] = form.kind.has_value() || (!form.faults.empty() && !form.objected);
  data["kinds"] = claim_kinds(visit, form);
  data["wishes"] = claim_wishes(visit, form);
  data["note"] = form.note;
  data["photos"] = Json::array();
  for (const auto photo : form.photos) data["photos"].push_back(to_text(photo));
  data["photos_kept"] =
      form.photos.empty() ? "" : visit.say("claim.photos_kept", {{"count", static_cast<std::int64_t>(form.photos.size())}});
  for (const char* note : {"sent", "withdrawn", "objected"}) data[note] = request.query_value(note).has_value();
  data["claim_url"] = return_path(request) + "/claim" + visit.lang_query;
  data["track_url"] = "/track/" + services.links.token(LinkKind::tracking, visit.target, request.now) + visit.lang_query;
  return page_reply(services, request, page);
}

http::Reply show_claims(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  ClaimForm form;
  if (const auto kind = request.query_value("kind")) form.kind = domain::parse_claim_kind(*kind);
  return claims_page(services, request, *visit, form, 200);
}

http::Reply back_to_claims(const http::Request& request, const Visit& visit, const char* note) {
  return http::redirect_reply(return_path(request) + "/claim" + visit.lang_query + (visit.lang_query.empty() ? "?" : "&") + note + "=1");
}

http::Reply report_claim(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  if (!visit) return dead_link_page(services, request);
  ClaimForm form = read_claim_form(*visit, request.form());
  if (!from_our_pages(request)) return claims_page(services, request, *visit, form, 422);
  keep_claim_photos(services, request, *visit, form);
  check_claim_form(*visit, form);
  if (!form.faults.empty()) return claims_page(services, request, *visit, form, 422);
  const auto context = context_of_visit(services, *visit);
  const auto opened = usecases::open_claim(context, {visit->order.id, *form.kind, form.lines, form.parcel, form.wish, form.note});
  if (!opened) {
    form.faults = faults_of_claim(*visit, form, opened.error());
    return claims_page(services, request, *visit, form, http::status_of(opened.error().kind));
  }
  // What is not filed stays with the order, where the desk sees it as well.
  const auto filed = form.photos.empty() ? done() : usecases::file_photos(context, visit->order.id, form.photos, to_text(opened->id));
  if (!filed) log::warn("photos of a claim stay with its order", {{"claim", to_text(opened->id)}, {"why", filed.error().code}});
  return back_to_claims(request, *visit, "sent");
}

// The claim of the path, when it is one of the visit's order.
const usecases::ClaimView* claim_of_path(const http::Request& request, const std::optional<Visit>& visit) {
  const auto id = parse_id<ClaimId>(request.param("id"));
  for (std::size_t i = 0; visit && id && i < visit->order.claims.size(); ++i) {
    if (visit->order.claims[i].id == *id) return &visit->order.claims[i];
  }
  return nullptr;
}

// What became impossible meanwhile is said above the page as it is now.
http::Reply moved_on(const http::Services& services, const http::Request& request, const Error& error) {
  const auto now = open_visit(services, request, LinkKind::returns);
  if (!now) return dead_link_page(services, request);
  ClaimForm form;
  form.objected = parse_id<ClaimId>(request.param("id"));
  form.objection = field(request.form(), "note");
  const char* words = error.code == "units_not_claimable" ? "claim.refused_taken" : "claim.fault_moved";
  form.faults.push_back({"claims", now->say(words)});
  return claims_page(services, request, *now, form, http::status_of(error.kind));
}

http::Reply withdraw_by_customer(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* claim = claim_of_path(request, visit);
  if (claim == nullptr) return dead_link_page(services, request);
  if (!from_our_pages(request)) return claims_page(services, request, *visit, {}, 422);
  const auto withdrawn = usecases::withdraw_claim(context_of_visit(services, *visit), claim->id);
  return withdrawn ? back_to_claims(request, *visit, "withdrawn") : moved_on(services, request, withdrawn.error());
}

http::Reply object_to_rejection(const http::Services& services, const http::Request& request) {
  const auto visit = open_visit(services, request, LinkKind::returns);
  const auto* claim = claim_of_path(request, visit);
  if (claim == nullptr) return dead_link_page(services, request);
  ClaimForm form;
  form.objected = claim->id;
  form.objection = field(request.form(), "note").substr(0, 2000);
  if (form.objection.empty()) form.faults.push_back({"object-" + to_text(claim->id), visit->say("claim.fault_objection")});
  if (!form.faults.empty() || !from_our_pages(request)) return claims_page(services, request, *visit, form, 422);
  const auto reopened = usecases::reopen_claim(context_of_visit(services, *visit), claim->id, form.objection);
  return reopened ? back_to_claims(request, *visit, "objected") : moved_on(services, request, reopened.error());
}
}  // namespace

void add_customer_claim_routes(http::Router& router, const http::Services& services) {
  const auto route = [&](const char* method, const char* pattern, auto handler) {
    router.add(
        {method, pattern, http::Gate::open, "", [&services, handler](const http::Request& request) { return handler(services, request); }});
  };
  route("GET", "/return/{token}/claim", show_claims);
  route("POST", "/return/{token}/claim", report_claim);
  route("POST", "/return/{token}/claim/{id}/withdraw", withdraw_by_customer);
  route("POST", "/return/{token}/claim/{id}/object", object_to_rejection);
}

}  // namespace roundtrip::web
