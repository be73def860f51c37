// Close out, ask the carrier, print.
#include "usecases/manifests.hpp"

#include <algorithm>
#include <sstream>

#include "domain/codes.hpp"
#include "labels/append.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/text.hpp"
#include "store/jobs.hpp"
#include "store/orders.hpp"
#include "usecases/carrier_calls.hpp"
#include "usecases/idempotency.hpp"

namespace roundtrip::usecases {
namespace {
using carriers::Trouble;

// What left longer ago than that is on nobody's truck any more.
constexpr std::int64_t kOpenForUs = 3 * kDay;

Error no_such_manifest() { return {ErrorKind::not_found, "manifest_not_found", "There is no such manifest."}; }

const carriers::Shipping* manifest_maker(const std::string& carrier) {
  const auto* speaks = carriers::find_carrier(carrier);
  const auto* shipping = speaks != nullptr ? speaks->shipping() : nullptr;
  return shipping != nullptr && shipping->manifests() ? shipping : nullptr;
}

std::string printable(const std::string& text) { return labels::with_question_marks(labels::without_pictographs(text), labels::fonts()); }

labels::HandoverList list_of(const ManifestView& view) {
  labels::HandoverList list;
  const auto* speaks = carriers::find_carrier(view.row.carrier);
  list.carrier = printable(std::string(speaks != nullptr ? speaks->title() : view.row.carrier) +
                           (view.row.account.empty() ? "" : " · " + view.row.account));
  list.warehouse = printable(view.row.warehouse_name);
  list.code = to_text(view.row.id);
  list.reference = printable(view.row.reference);
  list.made_at = format_rfc3339(view.row.created_at).substr(0, 16).replace(10, 1, " ") + " UTC";
  list.made_by = printable(view.row.created_by);
  for (const auto& one : view.parcels) {
    list.rows.push_back({domain::code_of(one.parcel), printable(one.tracking_number), printable(one.order),
                         printable(one.country + " " + one.postal_code + " " + one.city), one.weight_g, printable(one.handed_over_by)});
  }
  return list;
}

void save_made(store::Database& db, const Job& job, ManifestRow manifest, const std::vector<store::ManifestDocument>& documents,
               Instant now) {
  store::Transaction tx(db);
  manifest.state = "made";
  manifest.error.clear();
  store::save_manifest(tx, job.merchant, manifest, now);
  store::add_manifest_documents(tx, job.merchant, manifest.id, documents);
  store::finish_job(tx, job);
  tx.commit();
}

std::vector<ManifestRow> manifests_named(store::Queryable& db, const Context& context, const std::string& ids) {
  std::vector<ManifestRow> made;
  std::istringstream words(ids);
  for (std::string id; words >> id;) made.push_back(store::find_manifest(db, context.merchant, parse_id<ManifestId>(id).value()).value());
  return made;
}
}  // namespace

std::vector<ManifestRow> close_out(store::Transaction& tx, const Context& context, WarehouseId warehouse) {
  auto made = store::make_manifests(tx, context.merchant, warehouse, context.actor.name, context.now - kOpenForUs, context.now);
  for (auto& manifest : made) {
    if (manifest_maker(manifest.carrier) != nullptr) {
      store::add_job(tx, context.merchant, kManifestJob, manifest.id.value, context.now, context.now);
    } else {
      manifest.state = "made";
      store::save_manifest(tx, context.merchant, manifest, context.now);
    }
  }
  return made;
}

Result<std::vector<ManifestRow>> close_out(const Context& context, const std::string& warehouse) {
  store::Transaction tx(context.db);
  if (const auto before = done_before(tx, context)) return manifests_named(tx, context, *before);
  const auto found = store::find_warehouse(tx, context.merchant, warehouse);
  if (!found) return Error{ErrorKind::not_found, "no_such_warehouse", "There is no warehouse '" + warehouse + "'."};
  auto made = close_out(tx, context, found->id);
  std::string ids;
  for (const auto& manifest : made) ids += (ids.empty() ? "" : " ") + to_text(manifest.id);
  note_done(tx, context, ids);
  tx.commit();
  return made;
}

ManifestList list_manifests(const Context& context, std::optional<std::int64_t> before, int limit) {
  store::Session session(context.db);
  ManifestList list{store::list_manifests(session, context.merchant, before, limit + 1), std::nullopt};
  if (static_cast<int>(list.items.size()) > limit) {
    list.items.pop_back();
    list.next = list.items.back().id.value;
  }
  return list;
}

Result<ManifestView> read_manifest(const Context& context, ManifestId manifest) {
  store::Session session(context.db);
  auto row = store::find_manifest(session, context.merchant, manifest);
  if (!row) return no_such_manifest();
  return ManifestView{*std::move(row), store::manifest_parcels(session, context.merchant, manifest)};
}

Result<ManifestRow> retry_manifest(const Context& context, ManifestId manifest) {
  store::Transaction tx(context.db);
  if (done_before(tx, context)) return store::find_manifest(tx, context.merchant, manifest).value();
  auto row = store::find_manifest(tx, context.merchant, manifest);
  if (!row) return no_such_manifest();
  if (row->state != "failed") return Error{ErrorKind::conflict, "manifest_has_not_failed", "The manifest is " + row->state + "."};
  row->state = "wanted";
  row->error.clear();
  store::save_manifest(tx, context.merchant, *row, context.now);
  store::add_job(tx, context.merchant, kManifestJob, manifest.value, context.now, context.now);
  note_done(tx, context);
  tx.commit();
  return *row;
}

Result<std::string> manifest_pdf(const Context& context, ManifestId manifest) {
  const auto view = read_manifest(context, manifest);
  if (!view) return view.error();
  if (view->row.state == "wanted")
    return Error{ErrorKind::conflict, "manifest_not_there_yet", "The carrier is making the manifest. Ask for it again in a minute."};
  const auto drawing = labels::lay_out(list_of(*view), labels::fonts());
  if (!drawing) return drawing.error();
  std::vector<std::string> others;
  {
    store::Session session(context.db);
    for (auto& document : store::manifest_documents(session, context.merchant, manifest)) {
      if (document.format == "pdf") others.push_back(std::move(document.bytes));
      if (document.format == "png") others.push_back(labels::pdf_of_picture(document.bytes).value_or(""));
    }
  }
  std::erase(others, "");
  return labels::appended(labels::pdf(*drawing, labels::fonts(), context.now), others);
}

BookingOutcome make_manifest(store::Database& db, const Carriers& carriers, const Job& job, Instant now) {
  std::optional<ManifestRow> manifest;
  carriers::ManifestOrder order;
  {
    store::Session session(db);
    manifest = store::find_manifest(session, job.merchant, ManifestId{job.subject});
    if (!manifest || manifest->state != "wanted") {
      store::finish_job(session, job);
      return {};
    }
    for (const auto& parcel : store::manifest_parcels(session, job.merchant, manifest->id)) {
      if (!parcel.void_id.empty()) order.numbers.push_back(parcel.void_id);
    }
    order.from = {store::manifest_sender(session, job.merchant, manifest->id), ""};
    order.ship_at = now;
  }
  // Labels made elsewhere are closed out where they were made.
  if (order.numbers.empty()) {
    save_made(db, job, *manifest, {}, now);
    return {};
  }
  const Account* account = carriers.room().find(manifest->carrier, manifest->account);
  const auto* shipping = account != nullptr ? account->carrier.shipping() : nullptr;
  if (shipping == nullptr || !shipping->manifests())
    return {BookingOutcome::Kind::dead, "no account of " + manifest->carrier + " that makes manifests", 0};
  const auto answer =
      call_entitled(carriers.room(), *account, [&](const auto& entitled) { return shipping->manifest_request_for(entitled, order); });
  if (answer.trouble != Trouble::none) return outcome_of(answer.trouble, answer.detail, answer.retry_after_us);
  const auto reply = shipping->parse_manifest(answer.outcome);
  if (reply.trouble != Trouble::none) return outcome_of(reply.trouble, reply.detail, reply.retry_after_us);
  const auto documents = documents_of(carriers.room(), *account, reply.documents);
  if (!documents) return {BookingOutcome::Kind::retry, "the manifest's document could not be fetched", 0};
  manifest->reference = reply.manifest_id;
  std::vector<store::ManifestDocument> kept;
  for (const auto& document : *documents) kept.push_back({document.format, document.bytes});
  save_made(db, job, *manifest, kept, now);
  return {};
}

void give_up_manifest(store::Database& db, const Job& job, const std::string& why, Instant now) {
  store::Transaction tx(db);
  auto manifest = store::find_manifest(tx, job.merchant, ManifestId{job.subject});
  if (!manifest || manifest->state != "wanted") return;
  manifest->state = "failed";
  manifest->error = why;
  store::save_manifest(tx, job.merchant, *manifest, now);
  tx.commit();
}

}  // namespace roundtrip::usecases
