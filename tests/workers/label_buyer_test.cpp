// A return's label from the carrier: bought once, in our PDF, told by mail, followed, given back when nobody needs it; failures of every
// kind.
#include "workers/label_buyer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/secrets.hpp"
#include "clients/curl_transport.hpp"
#include "labels/layout.hpp"
#include "labels/pdf.hpp"
#include "labels/png.hpp"
#include "store/bookings.hpp"
#include "store/timeline.hpp"
#include "support/database.hpp"
#include "support/orders.hpp"
#include "support/raw_server.hpp"
#include "usecases/labels.hpp"
#include "usecases/returns.hpp"
#include "workers/loop.hpp"

namespace roundtrip::workers {
namespace {
using Json = nlohmann::json;

std::string a_label() {
  labels::ParcelLabel label;
  label.from = {"Shop", "", "Street 1", "", "Berlin", "", "10115", "DE", ""};
  label.to = label.from;
  label.carrier = "DHL";
  label.tracking_number = "999991587212";
  label.code = "P00000018";
  label.order = "SO-1";
  return labels::pdf(labels::lay_out(label, labels::fonts()).value(), labels::fonts(), Instant{1'763'700'000'000'000});
}

// DHL's Parcel DE Returns 1.0.9 on a socket: both credentials, a receiver and a shipper, 201 with the label.
struct ReturnsApi {
  std::atomic<int> orders{0};
  std::atomic<int> fail_with{0};  // the status of the next calls; 0: none fails; -1: the connection is cut after the label was made
  std::vector<std::string> references;
  std::atomic<bool> only_code{false};  // for a counter, no label to print
  const std::string label = a_label();
  const std::string code = labels::png(labels::qr("99999158721").value(), 8);
  test::RawServer server{[this](test::RawConnection& connection) {
    for (std::string request = connection.read_request(); !request.empty(); request = connection.read_request())
      answer(connection, request);
  }};

  void answer(test::RawConnection& connection, const std::string& request) {
    const auto body = Json::parse(request.substr(request.find("\r\n\r\n") + 4), nullptr, false);
    const bool called = request.starts_with("POST /parcel/de/shipping/returns/v1/orders?labelType=BOTH ");
    const bool entitled = request.find("dhl-api-key: key") != std::string::npos &&
                          request.find("Authorization: Basic " + to_base64("user:word")) != std::string::npos;
    if (!called || !body.is_object() || !body.contains("receiverId") || !body.contains("shipper"))
      return connection.answer(400, R"({"title":"Bad Request","status":400,"detail":"not a return"})");
    if (!entitled) return connection.answer(401, R"({"title":"Unauthorized","status":401})");
    if (fail_with > 0) return connection.answer(fail_with, R"({"title":"Error","status":)" + std::to_string(fail_with) + "}");
    ++orders;
    references.push_back(body.value("shipmentReference", ""));
    if (fail_with < 0) return connection.reset();
    const Json said = {{"sstatus", {{"title", "Created"}, {"status", 201}}},
                       {"shipmentNo", "99999158721" + std::to_string(orders)},
                       {"label", only_code ? Json() : Json{{"b64", to_base64(label)}}},
                       {"qrLabel", {{"b64", to_base64(code)}}},
                       {"routingCode", "40327653113+99000943090020"}};
    connection.answer(201, said.dump());
  }
};

struct LabelBuyer : testing::Test {
  ReturnsApi api;
  test::TestDatabase database;
  store::Database& db = database.db();
  const MerchantId merchant = database.merchant();
  Instant at = parse_rfc3339("2026-11-20T10:00:00Z").value();
  Config config;
  clients::CurlTransport transport{{.allow_private_addresses = true}};
  std::string file = (std::filesystem::temp_directory_path() / ("accounts_" + std::to_string(getpid()) + ".toml")).string();
  std::unique_ptr<usecases::Carriers> carriers;

  LabelBuyer() {
    std::ofstream(file) << "[[account]]\ncarrier = \"dhl\"\nbase_url = \"" << api.server.url("")
                        << "\"\nkey = \"key\"\ncustomer = \"user=user;password=word\"\n";
    EXPECT_TRUE(config.set("carriers.accounts_file", file));
    carriers = std::make_unique<usecases::Carriers>(config, transport);
    store::Session(db).run(
        "UPDATE merchants SET return_address = '{\"name\":\"Returns\",\"line1\":\"Speicherstr. "
        "7\",\"postal_code\":\"10115\",\"city\":\"Berlin\",\"country\":\"DE\"}' "
        "WHERE merchant_id = $1",
        {merchant});
  }
  ~LabelBuyer() override { std::filesystem::remove(file); }

  usecases::Context context() { return {db, merchant, {"api", "test"}, at}; }
  usecases::ReturnView approved_return() {
    const auto order =
        test::make_shipped_order(db, merchant, test::order_of({test::line_of("MUG", 2, 1000)}, {{"manual", "x", 2000}}), at - kDay);
    usecases::ReturnRequest wanted;
    wanted.order = order.id;
    wanted.lines = {{order.lines[0], 1, "", ""}};
    wanted.label_carrier = "dhl";
    return usecases::create_return(context(), wanted).value();
  }
  int pass(std::string_view kind = usecases::kBookLabelJob) {
    JobOptions options;
    options.kind = kind;
    options.max_attempts = 3;
    const auto work = kind == usecases::kBookLabelJob ? buy_label : void_label;
    return work_jobs(
        db, options, [&](const usecases::Job& job, Instant now) { return work(db, *carriers, job, now); },
        [&](const usecases::Job& job, const std::string& why, Instant now) { usecases::give_up_booking(db, job, why, now); },
        [this] { return at; });
  }
  std::int64_t count(const std::string& sql) { return store::Session(db).value<std::int64_t>(sql).value(); }
  std::int64_t mails() { return count("SELECT count(*) FROM notifications WHERE milestone = 'return_approved'"); }
  std::string state(ReturnId id) {
    store::Session session(db);
    return std::string(domain::to_text(store::booking_of_return(session, merchant, id)->state));
  }
};

TEST_F(LabelBuyer, ALabelIsBoughtOnceAndBringsNumberTrackerMailAndPages) {
  const auto made = approved_return();
  EXPECT_EQ(mails(), 0) << "the mail waits for the label";
  EXPECT_EQ(usecases::return_label(context(), made.id, usecases::LabelFormat::pdf_a4).error().code, "label_not_there_yet");
  EXPECT_EQ(pass(), 1);
  EXPECT_EQ(pass(), 0);
  EXPECT_EQ(api.orders, 1);
  const auto now = usecases::read_return(context(), made.id).value();
  EXPECT_EQ(now.carrier, "dhl");
  EXPECT_EQ(now.tracking_number, "999991587211");
  EXPECT_EQ(mails(), 1);
  EXPECT_EQ(count("SELECT count(*) FROM trackers WHERE number = '999991587211' AND direction = 'return'"), 1);
  const auto small = usecases::return_label(context(), made.id, usecases::LabelFormat::pdf_4x6);
  EXPECT_EQ(small.value(), api.label) << "the carrier's label as it is";
  EXPECT_EQ(usecases::return_label(context(), made.id, usecases::LabelFormat::png).value(), api.code) << "the carrier's code for a counter";
  const auto slip = usecases::return_label(context(), made.id, usecases::LabelFormat::pdf_a4);
  ASSERT_TRUE(slip) << slip.error().message;
  EXPECT_GT(slip->size(), api.label.size()) << "our slip, then the carrier's page";
  EXPECT_TRUE(store::verify_timeline(db, merchant, std::nullopt).empty());
}

TEST_F(LabelBuyer, ACodeAloneIsPrintedWhereACarrierGivesNoLabel) {
  api.only_code = true;
  const auto made = approved_return();
  EXPECT_EQ(pass(), 1);
  EXPECT_EQ(state(made.id), "bought");
  const auto small = usecases::return_label(context(), made.id, usecases::LabelFormat::pdf_4x6);
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_TRUE(small->starts_with("%PDF-"));
  EXPECT_NE(*small, api.label);
  EXPECT_EQ(usecases::return_label(context(), made.id, usecases::LabelFormat::png).value(), api.code);
}

TEST_F(LabelBuyer, AFailingCarrierIsAskedAgainAndInTheEndOurOwnLabelGoesOut) {
  const auto made = approved_return();
  api.fail_with = 503;
  for (int attempt = 0; attempt < 5; ++attempt, at = at + kHour) pass();
  EXPECT_EQ(state(made.id), "failed");
  EXPECT_EQ(mails(), 1) << "the customer is not left waiting";
  EXPECT_TRUE(usecases::return_label(context(), made.id, usecases::LabelFormat::pdf_a4)) << "our own label";
  EXPECT_EQ(count("SELECT count(*) FROM bookings WHERE error LIKE 'service%'"), 1);
}

TEST_F(LabelBuyer, WhatTheCarrierRefusesIsNotAskedAgain) {
  const auto made = approved_return();
  api.fail_with = 422;
  pass();
  EXPECT_EQ(state(made.id), "failed");
  EXPECT_EQ(mails(), 1);
}

TEST_F(LabelBuyer, ALostAnswerIsAskedAgainUnderTheSameReference) {
  const auto made = approved_return();
  api.fail_with = -1;
  pass();
  api.fail_with = 0;
  at = at + kHour;
  pass();
  EXPECT_EQ(state(made.id), "bought");
  ASSERT_EQ(api.references.size(), 2u);
  EXPECT_EQ(api.references[0], api.references[1]);
}

TEST_F(LabelBuyer, AReturnThatIsCanceledBeforeBuysNothingAndAfterGivesItBack) {
  const auto before = approved_return();
  ASSERT_TRUE(usecases::cancel_return(context(), before.id));
  pass();
  EXPECT_EQ(api.orders, 0);
  EXPECT_EQ(state(before.id), "voided");
  const auto after = approved_return();
  pass();
  EXPECT_EQ(state(after.id), "bought");
  ASSERT_TRUE(usecases::cancel_return(context(), after.id));
  EXPECT_EQ(state(after.id), "voided") << "DHL's return labels are charged when they are used";
  EXPECT_EQ(mails(), 1);
}

TEST_F(LabelBuyer, WithoutAnAccountAPersonIsToldAndTheReturnGoesOn) {
  std::filesystem::resize_file(file, 0);
  carriers = std::make_unique<usecases::Carriers>(config, transport);
  const auto made = approved_return();
  pass();
  EXPECT_EQ(state(made.id), "failed");
  EXPECT_EQ(mails(), 1);
}

}  // namespace
}  // namespace roundtrip::workers
