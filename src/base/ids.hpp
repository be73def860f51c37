// Identities that never mix, and their public form: "ord_" + Crockford base-32 of the number.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace roundtrip {

template <class Tag>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

struct MerchantTag {
  static constexpr std::string_view prefix = "mer";
};
struct OrderTag {
  static constexpr std::string_view prefix = "ord";
};
struct LineTag {
  static constexpr std::string_view prefix = "lin";
};
struct ShipmentTag {
  static constexpr std::string_view prefix = "shp";
};
struct ParcelTag {
  static constexpr std::string_view prefix = "pcl";
};
struct TrackerTag {
  static constexpr std::string_view prefix = "trk";
};
struct ReturnTag {
  static constexpr std::string_view prefix = "ret";
};
struct RefundTag {
  static constexpr std::string_view prefix = "rfn";
};
struct PaymentTag {
  static constexpr std::string_view prefix = "pay";
};
struct NotificationTag {
  static constexpr std::string_view prefix = "ntf";
};
struct MovementTag {
  static constexpr std::string_view prefix = "mov";
};
struct WarehouseTag {
  static constexpr std::string_view prefix = "whs";
};
struct BinTag {
  static constexpr std::string_view prefix = "bin";
};
struct StationTag {
  static constexpr std::string_view prefix = "stn";
};
struct UserTag {
  static constexpr std::string_view prefix = "usr";
};
struct KeyTag {
  static constexpr std::string_view prefix = "key";
};
struct BookingTag {
  static constexpr std::string_view prefix = "bkg";
};
struct ManifestTag {
  static constexpr std::string_view prefix = "man";
};
struct PhotoTag {
  static constexpr std::string_view prefix = "pho";
};
struct VoucherTag {
  static constexpr std::string_view prefix = "vch";
};
struct CancellationTag {
  static constexpr std::string_view prefix = "ccl";
};
struct JobTag {
  static constexpr std::string_view prefix = "job";
};

using MerchantId = Id<MerchantTag>;
using OrderId = Id<OrderTag>;
using LineId = Id<LineTag>;
using ShipmentId = Id<ShipmentTag>;
using ParcelId = Id<ParcelTag>;
using TrackerId = Id<TrackerTag>;
using ReturnId = Id<ReturnTag>;
using RefundId = Id<RefundTag>;
using PaymentId = Id<PaymentTag>;
using NotificationId = Id<NotificationTag>;
using MovementId = Id<MovementTag>;
using WarehouseId = Id<WarehouseTag>;
using BinId = Id<BinTag>;
using StationId = Id<StationTag>;
using UserId = Id<UserTag>;
using KeyId = Id<KeyTag>;
using BookingId = Id<BookingTag>;
using ManifestId = Id<ManifestTag>;
using PhotoId = Id<PhotoTag>;
using VoucherId = Id<VoucherTag>;
using CancellationId = Id<CancellationTag>;
using JobId = Id<JobTag>;

// Crockford base-32, upper case, no padding; 0 is "0". Negative numbers are a bug and throw.
std::string crockford_encode(std::int64_t number);
// Accepts lower case and Crockford's look-alikes (O=0, I=L=1); nothing for other characters,
// an empty text, or more than 63 bits.
std::optional<std::int64_t> crockford_decode(std::string_view text);

std::string format_id(std::string_view prefix, std::int64_t number);
std::optional<std::int64_t> parse_id(std::string_view prefix, std::string_view text);

// to_text(OrderId{1}) == "ord_1"; parse_id<OrderId>("ord_1") gives it back, nothing for others.
template <class Tag>
std::string to_text(Id<Tag> id) {
  return format_id(Tag::prefix, id.value);
}
template <class IdType>
struct IdPrefix;
template <class Tag>
struct IdPrefix<Id<Tag>> {
  static constexpr std::string_view value = Tag::prefix;
};
template <class IdType>
std::optional<IdType> parse_id(std::string_view text) {
  const auto number = parse_id(IdPrefix<IdType>::value, text);
  if (!number) return std::nullopt;
  return IdType{*number};
}

}  // namespace roundtrip

template <class Tag>
struct std::hash<roundtrip::Id<Tag>> {
  std::size_t operator()(const roundtrip::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
