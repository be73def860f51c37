// Seeding the demo merchant through the same use cases that everybody else uses.
#include "demo/seed.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "base/secrets.hpp"
#include "domain/gs1.hpp"
#include "usecases/access.hpp"
#include "usecases/orders.hpp"
#include "usecases/products.hpp"
#include "usecases/returns.hpp"
#include "usecases/scans.hpp"
#include "usecases/shop_returns.hpp"
#include "usecases/stock.hpp"

namespace roundtrip::demo {
namespace {
using usecases::Context;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("the demo could not be made: " + result.error().message);
  return std::move(*result);
}
void must(Done result) {
  if (!result) throw std::runtime_error("the demo could not be made: " + result.error().message);
}

constexpr const char* kPassword = "demo-demo-demo";
struct Person {
  const char* login;
  const char* name;
  const char* role;
};
constexpr Person kPeople[] = {{"pia", "Pia Picker", "picker"}, {"paul", "Paul Packer", "packer"}, {"rita", "Rita Returns", "returns_clerk"},
                              {"anna", "Anna Agent", "agent"}, {"max", "Max Manager", "manager"}, {"admin", "Ada Admin", "admin"}};
constexpr const char* kStations[] = {"receive-1", "pick-1", "pick-2", "pack-1", "pack-2", "dispatch-1", "returns-1", "returns-2"};

struct Item {
  const char* sku;
  const char* name;
  const char* gtin12;  // without the check digit
  std::int64_t price, weight_g, stock;
  bool returnable;
  const char* model = "";  // variants of one another
};
constexpr Item kItems[] = {{"MUG-RED", "Red mug", "400638133390", 1250, 380, 500, true, "mug"},
                           {"MUG-BLUE", "Blue mug", "400638133391", 1250, 380, 500, true, "mug"},
                           {"TEA-EARL", "Earl Grey tea, 100 g", "400638133392", 690, 120, 300, true},
                           {"LAMP-OAK", "Oak desk lamp", "400638133393", 8900, 2100, 60, true},
                           {"THROW-GRY", "Grey wool throw", "400638133394", 5900, 900, 80, true},
                           {"CARD-GIFT", "Gift card (final sale)", "400638133395", 2500, 10, 1000, false},
                           {"VASE-GLASS", "Glass vase", "400638133396", 3200, 1100, 0, true}};

MerchantId make_merchant(store::Database& db, Instant now) {
  usecases::NewMerchant merchant;
  merchant.slug = "demo";
  merchant.name = "Nordlicht Home";
  merchant.time_zone = "Europe/Berlin";
  merchant.contact_phone = "+49 30 5550100";
  merchant.contact_email = "service@shop.example";
  merchant.contact_hours = "Mon-Fri 9-18";
  merchant.return_address = {"Nordlicht Returns", "Nordlicht Home GmbH", "Speicherstr. 7", "", "Berlin", "", "10115", "DE",
                             "+49 30 5550100"};
  return must(usecases::create_merchant(db, merchant, now));
}

void make_floor(const Context& context) {
  usecases::NewWarehouse main;
  main.name = "main";
  main.time_zone = "Europe/Berlin";
  main.address = {"Nordlicht Warehouse", "", "Speicherstr. 7", "", "Berlin", "", "10115", "DE", ""};
  const auto warehouse = must(usecases::create_warehouse(context, main));
  for (int i = 1; i <= 6; ++i) must(usecases::create_bin(context, warehouse, "A-0" + std::to_string(i), i));
  usecases::NewWarehouse store;
  store.name = "Store Mitte";
  store.time_zone = "Europe/Berlin";
  store.address = {"Nordlicht Store Mitte", "", "Torstr. 12", "", "Berlin", "", "10119", "DE", ""};
  must(usecases::create_bin(context, must(usecases::create_warehouse(context, store)), "S-01", 1));
  must(usecases::open_shop(context, store.name, "Mon-Sat 10-20"));
  for (const char* name : kStations) {
    const std::string station = name;
    must(usecases::create_station(context, warehouse, station, station.substr(0, station.find('-'))));
  }
  for (const Person& person : kPeople) must(usecases::create_user(context, {person.login, person.name, kPassword, {person.role}}));
}

void make_goods(const Context& context) {
  int bin = 0;
  for (const Item& item : kItems) {
    domain::Product product;
    product.sku = item.sku;
    product.name = item.name;
    product.barcodes = {std::string(item.gtin12) + domain::gs1_check_digit(item.gtin12)};
    product.weight_g = item.weight_g;
    product.returnable = item.returnable;
    product.category = "home";
    product.model = item.model;
    product.price = domain::CatalogPrice{item.price, item.price * 19 / 100, "EUR"};
    must(usecases::put_product(context, product, std::nullopt));
    bin = bin % 6 + 1;
    if (item.stock > 0)
      must(usecases::move_stock(context, {"main", "A-0" + std::to_string(bin), item.sku, "", item.stock, 0, "receive", "demo"}));
  }
}

domain::NewOrder make_order(int number, Instant placed, const std::string& locale, const domain::Address& to,
                            std::vector<std::pair<int, std::int64_t>> items) {
  domain::NewOrder order;
  order.external_id = "SO-" + std::to_string(1000 + number);
  order.placed_at = placed;
  order.currency = "EUR";
  order.customer = {"c-" + std::to_string(number),
                    to.name,
                    "customer" + std::to_string(number) + "@example.org",
                    "+49305550" + std::to_string(100 + number),
                    locale,
                    locale == "pt-PT" ? "Europe/Lisbon" : "Europe/Berlin",
                    "standard"};
  order.ship_to = to;
  for (const auto& [at, quantity] : items) {
    const Item& item = kItems[at];
    domain::NewLine line;
    line.external_id = std::to_string(order.lines.size() + 1);
    line.sku = item.sku;
    line.description = item.name;
    line.quantity = quantity;
    line.unit_price = item.price;
    line.tax = item.price * quantity * 19 / 100;
    order.lines.push_back(line);
  }
  order.shipping_amount = 490;
  order.shipping_tax = 93;
  order.payments = {{"manual", "demo-" + std::to_string(number), domain::total_of(order)}};
  return order;
}

// Takes an order as far as a stage, by the same scans that the floor makes.
enum class Stage { pick_begun, picked, packed, handed_over };

void scan_as_floor(const Context& context, const std::string& station, const std::string& barcode, std::int64_t quantity = 1) {
  usecases::ScanRequest request;
  request.scan_id = random_uuid();
  request.station = station;
  request.barcode = barcode;
  request.quantity = quantity;
  request.scanned_at = context.now;
  const auto answer = must(usecases::scan(context, {}, request));
  if (answer.outcome != "accepted") throw std::runtime_error("the demo's floor was refused: " + answer.json);
}

void work_order(const Context& context, OrderId order, Stage stage) {
  const auto view = must(usecases::read_order(context, order));
  for (const auto& shipment : view.shipments) {
    if (shipment.status != "allocated") continue;
    scan_as_floor(context, "pick-1", shipment.code);
    for (const auto& line : shipment.lines) {
      scan_as_floor(context, "pick-1", line.sku, stage == Stage::pick_begun ? 1 : line.quantity);
      if (stage == Stage::pick_begun) break;
    }
    if (stage == Stage::pick_begun || stage == Stage::picked) continue;
    scan_as_floor(context, "pack-1", shipment.code);
    for (const auto& line : shipment.lines) scan_as_floor(context, "pack-1", line.sku, line.quantity);
  }
  if (stage != Stage::handed_over) return;
  for (const auto& shipment : must(usecases::read_order(context, order)).shipments) {
    for (const auto& parcel : shipment.parcels) scan_as_floor(context, "dispatch-1", parcel.code);
  }
}

// One unit of the order's first line comes back: announced, and received at the station when `arrives`.
void send_back(const Context& context, OrderId order, bool arrives) {
  const auto view = must(usecases::read_order(context, order));
  usecases::ReturnRequest request;
  request.order = order;
  request.lines = {{view.lines.front().id, 1, "too_small", ""}};
  const auto made = must(usecases::create_return(context, request));
  if (arrives) scan_as_floor(context, "returns-1", made.code);
}

std::vector<OrderId> make_orders(const Context& context, bool fresh) {
  const domain::Address berlin{"Lena Vogt", "", "Torstr. 12", "", "Berlin", "", "10119", "DE", ""};
  const domain::Address lisbon{"Ana Lima", "", "Rua A 1", "", "Lisboa", "", "1000-001", "PT", ""};
  const domain::Address london{"Noor Shah", "", "4 Mill Lane", "", "London", "", "SE1 2AA", "GB", ""};
  std::vector<OrderId> made;
  int number = 0;
  const auto take = [&](const std::string& locale, const domain::Address& to, std::vector<std::pair<int, std::int64_t>> items) {
    ++number;
    const auto order = make_order(number, context.now - number * 2 * kHour, locale, to, std::move(items));
    made.push_back(must(usecases::take_order(context, order, sha256_hex(order.external_id))).id);
  };
  take("de", berlin, {{0, 2}, {2, 1}});
  take("pt-PT", lisbon, {{3, 1}});
  take("en", london, {{1, 4}, {4, 1}});
  take("de", berlin, {{6, 1}, {0, 1}});  // the vase is out of stock: partly backordered
  take("en", london, {{5, 1}, {2, 3}});
  take("de", berlin, {{4, 1}});
  take("pt-PT", lisbon, {{0, 1}, {1, 1}});
  take("en", london, {{3, 1}, {0, 6}});
  must(usecases::hold_order(context, made[5], "address to be checked", std::nullopt));
  must(usecases::cancel_order(context, made[6], {}, "ordered twice"));
  if (fresh) return made;
  work_order(context, made[1], Stage::pick_begun);
  work_order(context, made[2], Stage::picked);
  work_order(context, made[3], Stage::handed_over);  // what is there leaves, the vase follows: partly shipped
  work_order(context, made[4], Stage::packed);
  for (const auto& [locale, to] : {std::pair{"de", berlin}, {"pt-PT", lisbon}, {"en", london}}) {
    take(locale, to, {{0, 2}, {2, 1}});
    work_order(context, made.back(), Stage::handed_over);  // the demo carrier delivers these in a minute and a half
  }
  send_back(context, made.back(), true);  // its refund waits for a person, or is paid by the gateway
  take("de", berlin, {{4, 2}});
  work_order(context, made.back(), Stage::handed_over);
  send_back(context, made.back(), false);  // a return on its way
  return made;
}

void write_env(const std::string& path, const Config& config, const std::string& key) {
  std::ofstream file(path, std::ios::trunc);
  ::chmod(path.c_str(), 0600);
  file << "ROUNDTRIP_URL=" << config.text("http.public_url") << "\nROUNDTRIP_KEY=" << key << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}
}  // namespace

std::string make_demo(store::Database& database, const Config& config, const usecases::Links& links, const std::string& env_file, bool json,
                      bool fresh) {
  const Instant at = now();
  const auto existing = usecases::find_merchant(database, "demo");
  const MerchantId merchant = existing ? existing->id : make_merchant(database, at);
  const Context context{database, merchant, {"api", "demo"}, at};
  if (!existing) {
    make_floor(context);
    make_goods(context);
    make_orders(context, fresh);
  }
  if (!env_file.empty()) {
    const std::vector<std::string> scopes(std::begin(usecases::kScopes), std::end(usecases::kScopes));
    write_env(env_file, config, must(usecases::create_key(context, "demo", scopes, std::nullopt)).key);
  }
  const auto orders = must(usecases::list_orders(context, {})).items;
  const auto& url = config.text("http.public_url");
  // A page to look at: the newest order of that status, else the newest of all.
  const auto page = [&](usecases::LinkKind kind, std::string_view status) {
    if (orders.empty()) return std::string();
    const auto found = std::find_if(orders.rbegin(), orders.rend(), [&](const auto& order) { return order.status == status; });
    return links.url(kind, {merchant, found == orders.rend() ? orders.back().id : found->id, 1}, at);
  };
  const std::string tracking = page(usecases::LinkKind::tracking, "shipped");
  const std::string returning = page(usecases::LinkKind::returns, "delivered");
  if (json) {
    return nlohmann::ordered_json{{"url", url},
                                  {"station", url + "/station"},
                                  {"desk", url + "/desk"},
                                  {"tracking_page", tracking},
                                  {"return_page", returning},
                                  {"password", kPassword},
                                  {"key_file", env_file}}
               .dump() +
           "\n";
  }
  std::ostringstream out;
  out << "Station        " << url << "/station\nDesk           " << url << "/desk\nTracking page  " << tracking << "\nReturn page    "
      << returning << "\nAPI            " << url << "/docs\nPeople         ";
  for (const Person& person : kPeople) out << person.login << " ";
  out << "(password " << kPassword << ")\n";
  if (!env_file.empty()) out << "API key        in " << env_file << "\n";
  return out.str();
}

}  // namespace roundtrip::demo
