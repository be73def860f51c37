// The bookings and their documents.
#include "store/bookings.hpp"

#include "base/secrets.hpp"
#include "store/jobs.hpp"

namespace roundtrip::store {
namespace {
constexpr std::string_view kBookingColumns =
    "SELECT booking_id, order_id, return_id, parcel_id, carrier, account, service, state, number, void_id, price, price_currency, error, "
    "expires_at FROM bookings ";

std::optional<BookingRow> one_booking(Queryable& db, const std::string& where, MerchantId merchant, std::int64_t key) {
  const auto row =
      db.row<BookingId, OrderId, std::optional<ReturnId>, std::optional<ParcelId>, std::string, std::string, std::string, std::string,
             std::string, std::string, std::optional<std::int64_t>, std::string, std::string, std::optional<Instant>>(
          std::string(kBookingColumns) + where, merchant, key);
  if (!row) return std::nullopt;
  const auto& [id, order, return_id, parcel, carrier, account, service, state, number, void_id, price, currency, error, expires_at] = *row;
  const auto known = domain::parse_booking_state(state).value_or(domain::BookingState::failed);
  return BookingRow{id, order, return_id, parcel, carrier, account, service, known, number, void_id, price, currency, error, expires_at};
}

constexpr std::string_view kParcelItems =
    "SELECT coalesce(o.customer_email, ''), o.currency, i.quantity, l.sku, coalesce(nullif(l.description, ''), l.sku), l.unit_price, "
    "coalesce(p.weight_g, 0), coalesce(p.hs_code, ''), coalesce(p.origin, '') FROM parcels c "
    "JOIN orders o ON o.merchant_id = c.merchant_id AND o.order_id = c.order_id "
    "JOIN parcel_items i ON i.merchant_id = c.merchant_id AND i.parcel_id = c.parcel_id "
    "JOIN order_lines l ON l.merchant_id = c.merchant_id AND l.order_id = c.order_id AND l.line_id = i.line_id "
    "LEFT JOIN products p ON p.merchant_id = i.merchant_id AND p.sku = i.sku "
    "WHERE c.merchant_id = $1 AND c.parcel_id = $2 ORDER BY l.position";
}  // namespace

std::optional<BookingFacts> booking_facts(Queryable& db, MerchantId merchant, const BookingRow& booking) {
  if (!booking.parcel) {
    auto places = return_label_facts(db, merchant, *booking.return_id);
    if (!places) return std::nullopt;
    for (auto& item : places->items) {
      if (item.description.empty()) item.description = item.sku;
    }
    return BookingFacts{places->from, places->to, places->customer_email, places->currency, std::move(places->items), 0};
  }
  const auto places = parcel_label_facts(db, merchant, *booking.parcel);
  if (!places) return std::nullopt;
  BookingFacts facts{places->from, places->to, "", "", {}, places->weight_g};
  for (auto& [email, currency, quantity, sku, description, price, weight, hs_code, origin] :
       db.rows<std::string, std::string, std::int64_t, std::string, std::string, std::int64_t, int, std::string, std::string>(
           kParcelItems, merchant, *booking.parcel)) {
    facts.email = email;
    facts.currency = currency;
    facts.items.push_back({quantity, sku, description, price, weight, hs_code, origin});
  }
  return facts;
}

void add_booking(Transaction& tx, MerchantId merchant, const BookingRow& booking, Instant now) {
  const auto id = tx.value<BookingId>(
      "INSERT INTO bookings (merchant_id, order_id, return_id, parcel_id, carrier, account, service, state, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING booking_id",
      merchant, booking.order, booking.return_id, booking.parcel, booking.carrier, booking.account, booking.service,
      domain::to_text(booking.state), now);
  add_job(tx, merchant, kBookLabelJob, id.value().value, now, now);
}

std::optional<BookingRow> find_booking(Queryable& db, MerchantId merchant, BookingId booking) {
  return one_booking(db, "WHERE merchant_id = $1 AND booking_id = $2", merchant, booking.value);
}

std::optional<BookingRow> booking_of_return(Queryable& db, MerchantId merchant, ReturnId return_id) {
  return one_booking(db, "WHERE merchant_id = $1 AND return_id = $2 ORDER BY booking_id DESC LIMIT 1", merchant, return_id.value);
}

std::optional<BookingRow> booking_of_parcel(Queryable& db, MerchantId merchant, ParcelId parcel) {
  return one_booking(db, "WHERE merchant_id = $1 AND parcel_id = $2 ORDER BY booking_id DESC LIMIT 1", merchant, parcel.value);
}

void save_booking(Transaction& tx, MerchantId merchant, const BookingRow& booking, Instant now) {
  tx.write(
      "UPDATE bookings SET state = $3, number = $4, void_id = $5, price = $6, price_currency = $7, error = $8, expires_at = $9, "
      "updated_at = $10 WHERE merchant_id = $1 AND booking_id = $2",
      merchant, booking.id, domain::to_text(booking.state), booking.number, booking.void_id, booking.price, booking.price_currency,
      booking.error, booking.expires_at, now);
}

void add_booking_documents(Transaction& tx, MerchantId merchant, BookingId booking, const std::vector<BookingDocument>& documents) {
  int position = 0;
  for (const BookingDocument& document : documents) {
    tx.write(
        "INSERT INTO booking_documents (merchant_id, booking_id, position, part, format, bytes) "
        "VALUES ($1, $2, $3, $4, $5, decode($6, 'base64'))",
        merchant, booking, position++, document.part, document.format, to_base64(document.bytes));
  }
}

namespace {

template <class IdType>
std::map<IdType, SoldLabel> read_sold_labels(Queryable& db, std::string_view sql, MerchantId merchant,
                                             const std::vector<IdType>& subjects) {
  std::map<IdType, SoldLabel> out;
  if (subjects.empty()) return out;
  for (auto& [id, state, part, format, bytes] :
       db.rows<IdType, std::string, std::optional<std::string>, std::string, std::string>(sql, merchant, ids_json(subjects))) {
    auto& label = out[id];
    label.state = domain::parse_booking_state(state).value();
    if (part) label.documents.push_back({*part, format, from_base64(bytes).value_or("")});
  }
  return out;
}

}  // namespace

std::map<ReturnId, SoldLabel> sold_labels(Queryable& db, MerchantId merchant, const std::vector<ReturnId>& returns) {
  return read_sold_labels(
      db,
      "WITH newest AS (SELECT DISTINCT ON (return_id) return_id, booking_id, state FROM bookings WHERE merchant_id = $1 "
      "AND return_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint)) "
      "ORDER BY return_id, booking_id DESC) "
      "SELECT n.return_id, n.state, d.part, coalesce(d.format, ''), coalesce(encode(d.bytes, 'base64'), '') "
      "FROM newest n LEFT JOIN booking_documents d ON d.merchant_id = $1 AND d.booking_id = n.booking_id "
      "ORDER BY n.return_id, d.position",
      merchant, returns);
}

std::map<ParcelId, SoldLabel> sold_labels(Queryable& db, MerchantId merchant, const std::vector<ParcelId>& parcels) {
  return read_sold_labels(
      db,
      "WITH newest AS (SELECT DISTINCT ON (parcel_id) parcel_id, booking_id, state FROM bookings WHERE merchant_id = $1 "
      "AND parcel_id = ANY (ARRAY(SELECT jsonb_array_elements_text($2::jsonb)::bigint)) "
      "ORDER BY parcel_id, booking_id DESC) "
      "SELECT n.parcel_id, n.state, d.part, coalesce(d.format, ''), coalesce(encode(d.bytes, 'base64'), '') "
      "FROM newest n LEFT JOIN booking_documents d ON d.merchant_id = $1 AND d.booking_id = n.booking_id "
      "ORDER BY n.parcel_id, d.position",
      merchant, parcels);
}

}  // namespace roundtrip::store
