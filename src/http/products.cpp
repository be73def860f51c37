// /v1/products
#include "usecases/products.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http/api.hpp"
#include "http/batch.hpp"
#include "http/body.hpp"
#include "http/views.hpp"

namespace roundtrip::http {
namespace {
constexpr std::int64_t kMostPrice = 1'000'000'000'000;

using json = nlohmann::ordered_json;

std::optional<domain::CatalogPrice> read_price(Fields& root) {
  const bool given = root.has("price");
  Fields fields = root.object("price");
  if (!given) return std::nullopt;
  domain::CatalogPrice price;
  price.amount = fields.integer("amount", true, 0, 0, kMostPrice);
  price.tax = fields.integer("tax", false, 0, 0, kMostPrice);
  price.currency = fields.text("currency", {.required = true, .max = 3});
  const bool code = price.currency.size() == 3 && price.currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  if (!price.currency.empty() && !code) fields.fault("currency", "invalid", "is an ISO 4217 code: EUR");
  return price;
}

domain::Product read_product_body(Fields& root) {
  domain::Product product;
  product.name = root.text("name", {.required = true, .max = 300});
  product.barcodes = root.texts("barcodes", 50, 80);
  product.weight_g = root.optional_integer("weight_g", 0, 10'000'000);
  if (root.has("dimensions_mm")) {
    Fields size = root.object("dimensions_mm");
    product.length_mm = size.optional_integer("length", 0, 100'000);
    product.width_mm = size.optional_integer("width", 0, 100'000);
    product.height_mm = size.optional_integer("height", 0, 100'000);
  } else {
    root.object("dimensions_mm");
  }
  product.lot_tracked = root.boolean("lot_tracked", false);
  product.serial_tracked = root.boolean("serial_tracked", false);
  product.hs_code = root.optional_text("hs_code", {.max = 20});
  product.origin = root.optional_text("origin", {.max = 2});
  product.category = root.optional_text("category", {.max = 100});
  product.image_url = root.optional_text("image_url", {.max = 500});
  if (product.image_url && !product.image_url->starts_with("https://") && !product.image_url->starts_with("http://"))
    root.fault("image_url", "not_a_url", "must begin with https://");
  product.returnable = root.boolean("returnable", true);
  product.return_window_days = root.optional_integer("return_window_days", 0, 3650);
  product.special_waste = root.text("special_waste", {.max = 20});
  constexpr std::string_view kWaste[] = {"", "weee", "battery", "weee_battery", "hazardous"};
  if (std::find(std::begin(kWaste), std::end(kWaste), product.special_waste) == std::end(kWaste))
    root.fault("special_waste", "invalid", "is one of weee, battery, weee_battery, hazardous");
  product.price = read_price(root);
  product.model = root.text("model", {.max = 100});
  const auto care = root.raw("care", 20'000);
  if (!care.empty() && care.front() != '{') root.fault("care", "wrong_type", "must be an object by locale");
  product.care = care.empty() ? "{}" : care;
  return product;
}

json product_json(const domain::Product& product) {
  const auto number = [](const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); };
  const auto text = [](const std::optional<std::string>& value) { return value ? json(*value) : json(nullptr); };
  return {
      {"sku", product.sku},
      {"name", product.name},
      {"barcodes", product.barcodes},
      {"weight_g", number(product.weight_g)},
      {"dimensions_mm",
       {{"length", number(product.length_mm)}, {"width", number(product.width_mm)}, {"height", number(product.height_mm)}}},
      {"lot_tracked", product.lot_tracked},
      {"serial_tracked", product.serial_tracked},
      {"hs_code", text(product.hs_code)},
      {"origin", text(product.origin)},
      {"category", text(product.category)},
      {"image_url", text(product.image_url)},
      {"returnable", product.returnable},
      {"return_window_days", number(product.return_window_days)},
      {"special_waste", product.special_waste.empty() ? json(nullptr) : json(product.special_waste)},
      {"price", product.price ? json{{"amount", product.price->amount}, {"tax", product.price->tax}, {"currency", product.price->currency}}
                              : json(nullptr)},
      {"model", product.model.empty() ? json(nullptr) : json(product.model)},
      {"care", json::parse(product.care, nullptr, false)},
      {"version", product.version},
      {"updated_at", format_rfc3339(product.updated_at)}};
}

Reply put_one(const Services& services, const Request& request) {
  Body body(request.body);
  Fields root = body.root();
  auto product = read_product_body(root);
  product.sku = request.param("sku");
  if (const auto sku = root.optional_text("sku", {.max = 100}); sku && *sku != product.sku)
    root.fault("sku", "differs_from_path", "differs from the SKU in the path");
  if (product.sku.empty() || product.sku.size() > 100) root.fault("sku", "too_long", "a SKU has 1 to 100 bytes");
  const auto version = if_match(request);
  if (!version) return problem_reply(version.error());
  if (const auto refused = body.finish()) return problem_reply(*refused);
  const auto context = context_of(services, request);
  const auto put = usecases::put_product(context, product, *version);
  if (!put) return problem_reply(put.error());
  const auto saved = usecases::read_product(context, product.sku);
  if (!saved) return problem_reply(saved.error());
  Reply reply = json_reply(put->created ? 201 : 200, product_json(*saved));
  reply.headers.emplace_back("ETag", "\"" + std::to_string(saved->version) + "\"");
  return reply;
}

Reply put_batch(const Services& services, const Request& request) {
  struct Item {
    std::string part;
    domain::Product product;
  };
  const auto read = [](Fields& fields) {
    const auto sku = fields.text("sku", {.required = true, .max = 100});
    Item item{fields.pointer(), read_product_body(fields)};
    item.product.sku = sku;
    return item;
  };
  const auto name = [](const Item& item) { return json{{"sku", item.product.sku}}; };
  return answer_batch(request, read, name, [&](const Item& item) -> Result<json> {
    const auto put = usecases::put_product(context_of(services, request), item.product, std::nullopt, item.part);
    if (!put) return put.error();
    return json{{"status", put->created ? 201 : 200}};
  });
}

Reply get_one(const Services& services, const Request& request) {
  const auto product = usecases::read_product(context_of(services, request), std::string(request.param("sku")));
  if (!product) return problem_reply(product.error());
  Reply reply = json_reply(200, product_json(*product));
  reply.headers.emplace_back("ETag", "\"" + std::to_string(product->version) + "\"");
  return reply;
}

Reply get_list(const Services& services, const Request& request) {
  const auto limit = page_limit(request);
  if (!limit) return problem_reply(limit.error());
  const auto products = usecases::list_products(context_of(services, request), request.query_value("cursor").value_or(""), *limit);
  json items = json::array();
  for (const auto& product : products) items.push_back(product_json(product));
  const bool more = products.size() == static_cast<std::size_t>(*limit);
  return json_reply(200, {{"items", items}, {"next_cursor", more ? json(products.back().sku) : json(nullptr)}});
}
}  // namespace

void add_product_routes(Router& router, const Services& services) {
  const auto to = [&services](Reply (*handler)(const Services&, const Request&)) {
    return [&services, handler](const Request& request) { return handler(services, request); };
  };
  router.add({"PUT", "/v1/products/{sku}", Gate::api, "stock:write", to(put_one)});
  router.add({"POST", "/v1/products/batch", Gate::api, "stock:write", to(put_batch), true});
  router.add({"GET", "/v1/products/{sku}", Gate::api, "orders:read", to(get_one)});
  router.add({"GET", "/v1/products", Gate::api, "orders:read", to(get_list)});
}

}  // namespace roundtrip::http
