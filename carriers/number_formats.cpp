// The table of formats. After the carriers' barcode guides (UPS Guide to Labeling, FedEx Ground Label Guide, USPS Publication 199, UPU S10,
// GS1 General Specifications for SSCC, DPD Parcel Label Specification) and the community's collected test numbers.
#include "carriers/number_formats.hpp"

#include "carriers/check_digits.hpp"

namespace roundtrip::carriers {
namespace {
constexpr CheckRule kNoCheck{};
constexpr CheckRule kLuhn{CheckKind::luhn};
constexpr CheckRule kSscc{CheckKind::mod10, 0, 0, 3, 1};
constexpr CheckRule kFedexExpress{CheckKind::mod11, 0, 0, 0, 0, "317"};
constexpr CheckRule kFedexLast14{CheckKind::mod11, 20, 0, 0, 0, "173"};
constexpr CheckRule kUspsLegacy{CheckKind::mod10, 0, 0, 3, 1, "91"};

constexpr NumberFormat kFormats[] = {
    {"ups", "ups", "UPS 1Z", "1Z*{15}#", {CheckKind::mod10, 2, 0, 1, 2}, 0.98},
    {"ups", "ups_waybill", "UPS waybill", "[AHJKTV]#{10}", {CheckKind::mod10, 1, 0, 1, 2}, 0.8},

    {"fedex", "fedex_12", "FedEx Express", "#{12}", kFedexExpress, 0.75},
    {"fedex", "fedex_34", "FedEx Express barcode", "[0-8]#{33}", kFedexLast14, 0.9, false, 22},
    // The legacy ASTRA barcode: positions 17 to 28 are an Express number.
    {"fedex", "fedex_astra_32", "FedEx ASTRA barcode", "3#{31}", {CheckKind::mod11, 16, 4, 0, 0, "317"}, 0.85, false, 16, 12},
    {"fedex", "fedex_ground", "FedEx Ground", "#{15}", {CheckKind::mod10, 0, 0, 1, 3}, 0.8},
    // The two digits before are the kind of container; the check does not count them.
    {"fedex", "fedex_ground_sscc_18", "FedEx Ground SSCC-18", "0[0124]#{16}", {CheckKind::mod10, 2, 0, 3, 1}, 0.5},
    {"fedex", "fedex_ground_96", "FedEx Ground 96", "96#{20}", {CheckKind::mod10, 7, 0, 1, 3}, 0.9, false, 7},
    {"fedex", "fedex_ground_gsn", "FedEx Ground GSN barcode", "96#{32}", kFedexLast14, 0.9, false, 22},

    {"usps", "usps_20", "USPS 20", "#{20}", kSscc, 0.6},
    {"usps", "usps_legacy", "USPS legacy", "91#{20}|#{20}", kUspsLegacy, 0.6, true},
    // A mailer id of nine digits begins with 9, one of six does not.
    {"usps", "usps_impb_n", "USPS IMpb (online label)", "94###9#{16}|94###9#{20}|94###9#{24}|94###[0-8]#{16}|94###[0-8]#{20}", kSscc, 0.97,
     true},
    {"usps", "usps_impb_c", "USPS IMpb (commercial or retail)", "92###9#{16}|92###9#{20}|93###[0-8]#{16}|93###[0-8]#{20}|95#{20}|95#{24}",
     kSscc, 0.95, true},

    {"dhl", "dhl_express", "DHL Express waybill", "#{10,11}", {CheckKind::mod7}, 0.7},
    {"dhl", "dhl_express_piece_id", "DHL Express piece", "J@{2,3}#{9,10}", kNoCheck, 0.8},
    {"dhl", "dhl_license_plate", "DHL piece (license plate)", "JJD#{18}|JD#{18}", kNoCheck, 0.85},
    {"dhl", "dhl_parcel_de", "DHL Parcel DE", "0034043#{13}|34043#{13}", kSscc, 0.9},
    {"dhl", "dhl_ecommerce", "DHL eCommerce", "GM*{10,39}", kNoCheck, 0.8},
    {"dhl", "dhl_ecommerce", "DHL eCommerce",
     "LX*{10,39}|RX*{10,39}|UV*{10,39}|CN*{10,39}|SG*{10,39}|TH*{10,39}|IN*{10,39}|HK*{10,39}|"
     "MY*{10,39}",
     kNoCheck, 0.3},
    {"dhl", "dhl_ecommerce_14", "DHL eCommerce", "#{14}", kNoCheck, 0.2},

    {"dpd", "dpd", "DPD barcode", "#{27}*", {CheckKind::mod37_36}, 0.95, false, 7, 14},
    {"dpd", "dpd_14", "DPD", "#{14}*", {CheckKind::mod37_36}, 0.8, false, 0, 14},
    {"dpd", "dpd_parcel", "DPD, printed without its check", "#{14}", kNoCheck, 0.2},
    {"hermes_de", "hermes_de_14", "Hermes (Germany)", "#{14}", kNoCheck, 0.1},
    {"nova_poshta", "nova_poshta_14", "Nova Poshta", "20#{12}|59#{12}", kNoCheck, 0.3},

    {"canada_post", "canada_post", "Canada Post", "#{16}", kSscc, 0.8},
    {"landmark", "landmark_global", "Landmark Global", "LTN#{8}N1", kNoCheck, 0.95},
    // (00) and an SSCC whose company prefix is Norwegian (70) or Swedish (73).
    {"bring", "bring_sscc", "Bring", "370#{15}|00370#{15}", kSscc, 0.6},
    {"postnord", "postnord_sscc", "PostNord", "373#{15}|00373#{15}", kSscc, 0.7},
    {"postnord", "postnord_sscc", "PostNord", "370#{15}|00370#{15}", kSscc, 0.3},

    {"s10", "s10", "UPU S10", "@@#{9}@@", {CheckKind::s10, 2, 2}, 0.9},

    {"amazon", "amazon_logistics", "Amazon Logistics", "TB[ACM]#{12}", kNoCheck, 0.95},
    {"amazon", "amazon_international", "Amazon International", "[AFC]#{10}", kNoCheck, 0.5},
    {"canpar", "canpar_22", "Canpar", "[CDKLSUXZ]#{21}", kNoCheck, 0.8},
    {"gofo", "gofo_us", "GOFO Express", "GFUS#{14}", kNoCheck, 0.95},
    {"lasership", "lasership_lx", "LaserShip", "L[AIEHNX][1-3]#{7}", kNoCheck, 0.8},
    {"lasership", "lasership_1ls7", "LaserShip", "1LS7[12]#{10}", kNoCheck, 0.95},
    {"lasership", "lasership_1ls7_18", "LaserShip", "1LS7[12]##01[1-4]#{6}1", kNoCheck, 0.95},
    {"lasership", "lasership_1lscx", "LaserShip", "1LSCX*{10}", kNoCheck, 0.95},
    {"old_dominion", "old_dominion", "Old Dominion", "77[78]#{8}|072#{8}|780#{8}", kLuhn, 0.7},
    {"old_dominion", "old_dominion_guaranteed", "Old Dominion guaranteed", "80#{9}", kLuhn, 0.6},
    {"ontrac", "ontrac_c", "OnTrac", "C#{14}", {CheckKind::mod10, 1, 0, 1, 2, "4"}, 0.9},
    {"ontrac", "ontrac_d", "OnTrac", "D#{14}", {CheckKind::mod10, 1, 0, 1, 2, "5"}, 0.9},
    {"purolator", "purolator_numeric", "Purolator", "[0-5]#{11}", kLuhn, 0.6},
    {"purolator", "purolator_alpha", "Purolator", "@@@#{9}", kNoCheck, 0.5},
    {"speedee", "speedee", "Spee-Dee", "SP#{18}", kNoCheck, 0.9},
    {"yodel", "yodel", "Yodel", "JJD#{16}|JD#{16}", kNoCheck, 0.7},
    {"yunexpress", "yunexpress", "YunExpress", "YT#{16}", kNoCheck, 0.9},
};

// ISO 3166-1.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI "
    "CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ "
    "GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG "
    "PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK "
    "TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

// Takes one atom off the shape; `set` is what stands in brackets.
bool atom_takes(std::string_view atom, char c) {
  if (atom.front() == '#') return is_digit(c);
  if (atom.front() == '@') return is_letter(c);
  if (atom.front() == '*') return is_digit(c) || is_letter(c);
  if (atom.front() != '[') return atom.front() == c;
  for (std::size_t at = 1; at + 1 < atom.size(); ++at) {
    const bool range = at + 3 < atom.size() && atom[at + 1] == '-';
    if (range ? c >= atom[at] && c <= atom[at + 2] : c == atom[at]) return true;
    if (range) at += 2;
  }
  return false;
}

std::size_t number_at(std::string_view text, std::size_t& at) {
  std::size_t value = 0;
  while (at < text.size() && is_digit(text[at])) value = value * 10 + static_cast<std::size_t>(text[at++] - '0');
  return value;
}

// One alternative. A repeat takes as much as it can: shapes are written so that this never takes too much.
bool fits_alternative(std::string_view shape, std::string_view number) {
  while (!shape.empty()) {
    const std::size_t length = shape.front() == '[' ? shape.find(']') + 1 : 1;
    const std::string_view atom = shape.substr(0, length);
    shape.remove_prefix(length);
    std::size_t least = 1, most = 1;
    if (!shape.empty() && shape.front() == '{') {
      std::size_t at = 1;
      least = most = number_at(shape, at);
      if (shape[at] == ',') most = number_at(shape, ++at);
      shape.remove_prefix(at + 1);
    }
    std::size_t taken = 0;
    while (taken < most && taken < number.size() && atom_takes(atom, number[taken])) ++taken;
    if (taken < least) return false;
    number.remove_prefix(taken);
  }
  return number.empty();
}

bool check_fits(const CheckRule& rule, std::string_view number) {
  if (rule.kind == CheckKind::none) return true;
  const std::size_t at = number.size() - rule.after - 1;
  const std::string_view serial = number.substr(rule.from, at - rule.from);
  // Zeros fit every check and are nobody's number.
  if (serial.find_first_not_of('0') == std::string_view::npos) return false;
  switch (rule.kind) {
    case CheckKind::none:
      return true;
    case CheckKind::mod10:
      return number[at] == check_mod10(serial.starts_with(rule.text) ? std::string(serial) : std::string(rule.text) + std::string(serial),
                                       rule.even, rule.odd);
    case CheckKind::luhn:
      return number[at] == check_luhn(serial);
    case CheckKind::mod7:
      return number[at] == check_mod7(serial);
    case CheckKind::mod11:
      return number[at] == check_mod11(serial, rule.text);
    case CheckKind::s10:
      return number[at] == check_s10(serial);
    case CheckKind::mod37_36:
      return number[at] == check_mod37_36(serial);
  }
  return false;
}
}  // namespace

std::span<const NumberFormat> number_formats() { return kFormats; }

bool fits_shape(std::string_view shape, std::string_view number) {
  for (;;) {
    const auto bar = shape.find('|');
    if (fits_alternative(shape.substr(0, bar), number)) return true;
    if (bar == std::string_view::npos) return false;
    shape.remove_prefix(bar + 1);
  }
}

bool is_shape(std::string_view text) {
  bool atom = false;  // something to repeat stands before
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{') {
      const auto start = ++at;
      number_at(text, at);
      if (!atom || at == start || at - start > 3 || at >= text.size()) return false;
      if (text[at] == ',') {
        const auto second = ++at;
        number_at(text, at);
        if (at == second || at - second > 3 || at >= text.size()) return false;
      }
      if (text[at] != '}') return false;
      atom = false;
    } else if (c == '[') {
      const auto close = text.find(']', at);
      if (close == std::string_view::npos || close == at + 1) return false;
      at = close;
      atom = true;
    } else if (c == '|') {
      if (at == 0 || at + 1 == text.size() || text[at - 1] == '|') return false;
      atom = false;
    } else {
      atom = is_digit(c) || is_letter(c) || c == '#' || c == '@' || c == '*';
      if (!atom) return false;
    }
  }
  return !text.empty();
}

bool is_country(std::string_view code) {
  if (code.size() != 2 || !is_letter(code[0]) || !is_letter(code[1])) return false;
  return kCountries.find(code) != std::string_view::npos;
}

bool fits(const NumberFormat& format, std::string_view number) {
  if (!fits_shape(format.shape, number) || !check_fits(format.check, number)) return false;
  if (format.check.kind == CheckKind::s10) return is_country(number.substr(11));
  // Their references are made of letters and digits: all letters is a word.
  if (format.format == "dhl_ecommerce") return number.find_first_of("0123456789", 2) != std::string_view::npos;
  return true;
}

}  // namespace roundtrip::carriers
