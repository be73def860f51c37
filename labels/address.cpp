// One table: a format, and the countries that write so. The order of the parts follows the templates of OpenCage's address-formatting
// (MIT), reduced to the parts that an order has.
#include "labels/address.hpp"

#include <algorithm>
#include <string_view>

#include "labels/text.hpp"

namespace roundtrip::labels {
namespace {

// %A street lines, %C city, %S region, %Z postcode; | a new line. What is empty takes the marks beside it away.
struct Format {
  std::string_view lines, countries;
};
constexpr Format kFormats[] = {
    {"%A|%Z %C",
     "AD AR AT AX AZ BA BE BL BQ BV CH CV CY CZ DE DK DZ EE ES ET FI FO FR GE GF GL GP GR GW HN HR HT IL IS JO KW LA LI LR LT LU MA MC "
     "MD ME "
     "MF MG MK MQ MZ NC NL NO PF PL PM PS PT PW PY RE RO RS SD SE SI SJ SK SM SN TF TJ TM TN TR UY VA WF YT ZM"},
    {"%A|%C",
     "AF AG AW BB BI BJ BO BW BZ CD CF CG CI CK CM CW DJ DM EH ER FJ GA GD GH GI GM GQ GY KI KM KP LC LY ML MO MR MS MW NE NI NR NU QA "
     "RW SB "
     "SC SL SO SR SS ST SX TD TG TL TO UG VC VU WS YE ZW"},
    {"%A|%C %Z", "BG BH BM BT JM KH KY LB LK LS MU MV NA NZ PE PK SA SG TK XK"},
    {"%A|%C|%Z", "AI EG FK GB GG GS IM IO IQ JE KE MT SH SY SZ TC VG ZA"},
    {"%A|%C, %S %Z", "AS CA FM GU JP KR MH MP PR TW UM US VI"},
    {"%A|%C, %Z", "AO CU LV MM TT"},
    {"%A|%C %S %Z", "AU CC CN CX HM NF"},
    {"%A|%C|%S", "AE BF BS HK TV XC"},
    {"%A|%Z|%C", "AL EC MN"},
    {"%A|%Z|%C|%S", "AM OM PA"},
    {"%A|%C|%S %Z", "BN NP TH VN"},
    {"%S|%Z %C|%A", "BY KG KZ"},
    {"%A|%Z %C|%S", "CL GN MY PH TZ"},
    {"%A|%C|%S|%Z", "IE RU UA UZ"},
    {"%A|%Z %C, %S", "CO MX"},
    {"%A|%C %Z|%S", "ID NG"},
    {"%A|%Z %C %S", "IT"},
    {"%A|%C - %Z", "BD"},
    {"%A|%C - %S|%Z", "BR"},
    {"%A|%S, %C|%Z", "CR"},
    {"%A|%C, %S|%Z", "DO"},
    {"%A|%Z-%C", "GT"},
    {"%Z %C|%A", "HU"},
    {"%A|%C - %Z|%S", "IN"},
    {"%C|%A|%S|%Z", "IR"},
    {"%A|%C, %S", "KN"},
    {"%A|%C %Z %S", "PG"},
    {"%A|%Z - %C|%S", "SV"},
    {"%A|%C %Z, %S", "VE"},
};
constexpr std::string_view kUsual = "%A|%Z %C|%S";  // of a country that is not in the table

// Where the postcode stands beside the region, it stands beside the city when there is no region of its own.
std::string_view format_of(const PostalAddress& a) {
  for (const Format& format : kFormats) {
    const auto at = a.country.size() == 2 ? format.countries.find(a.country) : std::string_view::npos;
    if (at == std::string_view::npos || at % 3 != 0) continue;
    const bool no_region = a.region.empty() || a.region == a.city;
    return no_region && format.lines == "%A|%C|%S %Z" ? "%A|%C %Z" : format.lines;
  }
  return kUsual;
}

// One line of a format; marks stand only between parts that are there.
std::string filled(std::string_view line, const PostalAddress& a) {
  std::string out, between;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '%') {
      between += line[i];
      continue;
    }
    const char part = line[++i];
    const std::string& value = part == 'C' ? (a.city.empty() ? a.region : a.city) : part == 'S' ? a.region : a.postal_code;
    // A city that is its own region is written once.
    const bool again = part == 'S' && (a.city.empty() || a.region == a.city);
    if (!value.empty() && !again) out += (out.empty() ? "" : between) + value;
    between.clear();
  }
  return out;
}

// Written in the script of the country itself, from the large to the small.
bool is_written_natively(const PostalAddress& a) {
  const bool there = a.country == "JP" || a.country == "KR" || a.country == "CN" || a.country == "TW";
  return there && std::any_of(a.city.begin(), a.city.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
}

std::vector<std::string> native_lines(const PostalAddress& a) {
  std::string whole;
  for (const std::string& part : {a.region, a.city, a.line1}) {
    if (!part.empty()) whole += (whole.empty() || a.country != "KR" ? "" : " ") + part;
  }
  return {(a.country == "JP" && !a.postal_code.empty() ? "〒" : "") + a.postal_code, whole, a.line2};
}

}  // namespace

std::vector<std::string> place_lines(const PostalAddress& a) {
  std::vector<std::string> lines;
  if (is_written_natively(a)) {
    lines = native_lines(a);
  } else {
    std::string_view rest = format_of(a);
    while (!rest.empty()) {
      const auto end = std::min(rest.find('|'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line == "%A") {
        lines.insert(lines.end(), {a.line1, a.line2});
      } else {
        lines.push_back(filled(line, a));
      }
    }
  }
  std::erase_if(lines, [](const std::string& line) { return line.empty(); });
  if (!a.country.empty()) lines.push_back(country_name(a.country));
  return lines;
}

}  // namespace roundtrip::labels
