// A customer with a phone: where is it, send it back, where is the money; writing; finding the order.
#include <gtest/gtest.h>

#include <fstream>

#include "web/customer_page.hpp"

namespace roundtrip::test {
namespace {

TEST_F(CustomerPage, TrackingAnswersTheFirstQuestionInTheOrdersLanguageAndInAnother) {
  browser.open(link("tracking_url"));
  EXPECT_EQ(browser.script("return document.documentElement.lang"), "de");
  EXPECT_EQ(browser.text("h1"), "Wir bereiten Ihre Bestellung vor");
  EXPECT_TRUE(says("Red mug"));
  expect_plain_and_narrow();
  browser.click_and_leave("a[hreflang=en]");
  EXPECT_EQ(browser.text("h1"), "We are preparing your order");
  browser.click_and_leave("a[hreflang=pt-PT]");
  EXPECT_EQ(browser.text("h1"), "Estamos a preparar a sua encomenda");
  EXPECT_EQ(browser.script("return document.documentElement.lang"), "pt-PT");
}

TEST_F(CustomerPage, SaysWhenTheCarrierWasAskedAndWhyThereIsNoNews) {
  shop.ship("SO-1001");
  const std::string track = shop.order("SO-1001")["links"]["tracking_url"];
  store::Session(shop.db()).run(
      "UPDATE trackers SET last_checked_at = now(), last_success_at = now() - interval '1 day', next_check_at = now() + interval '3 "
      "hours', "
      "  failures = 3, last_error = 'service: HTTP 503', status = 'in_transit', leased_until = now() + interval '1 hour'",
      {});
  browser.open(track + "?lang=en");
  const auto card = browser.text(".parcel-card");
  for (const std::string part :
       {"does not answer at the moment", "We last asked the carrier on", "It last had an answer on", "We ask again on"})
    EXPECT_NE(card.find(part), std::string::npos) << part << " in " << card;
  EXPECT_EQ(card.find("503"), std::string::npos) << "no internals";
}

TEST_F(CustomerPage, ShowsEachParcelWithItsItemsAndNeverAddressOrMail) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  browser.open(link("tracking_url") + "?lang=en");
  EXPECT_NE(browser.text("h1").find("on its way"), std::string::npos);
  EXPECT_TRUE(says(order["shipments"][0]["parcels"][0]["tracking_number"].get<std::string>()));
  EXPECT_TRUE(says("Earl Grey tea"));
  const std::string source = browser.script("return document.documentElement.outerHTML").get<std::string>();
  EXPECT_EQ(source.find(order["customer"]["email"].get<std::string>()), std::string::npos);
  EXPECT_EQ(source.find(order["ship_to"]["line1"].get<std::string>()), std::string::npos);
  EXPECT_EQ(source.find(order["ship_to"]["postal_code"].get<std::string>()), std::string::npos);
  expect_plain_and_narrow();
}

TEST_F(CustomerPage, AReturnGoesFromChoiceOverMoneyToLabelAndTheRailsFollowIt) {
  shop.ship("SO-1001");
  const Json line = shop.order("SO-1001")["lines"][0];
  const std::string id = line["id"];
  browser.open(link("return_url") + "?lang=en");
  expect_plain_and_narrow();
  browser.click("input[name=take_" + id + "]");
  browser.script("document.querySelector(arguments[0]).value = '1'", {"select[name=quantity_" + id + "]"});
  browser.script("document.querySelector(arguments[0]).value = 'changed_mind'", {"select[name=reason_" + id + "]"});
  browser.click_and_leave("form button");

  EXPECT_EQ(browser.text("h1"), "Please check");
  EXPECT_TRUE(says("1 ×"));
  EXPECT_TRUE(says("The return is free."));
  const std::string total = browser.text(".offer:has(input:checked) .money .total .num");
  EXPECT_NE(total.find("€"), std::string::npos);
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty()) << "a look at the money makes no return";
  expect_plain_and_narrow();
  browser.click_and_leave("button.confirm");

  EXPECT_TRUE(says("Your return is registered")) << body();
  Json made = shop.order("SO-1001")["returns"][0];
  EXPECT_EQ(made["status"], "approved");
  EXPECT_EQ(made["lines"][0]["quantity"], 1);
  const std::string label = browser.script("return document.querySelector('.steps a').getAttribute('href')").get<std::string>();
  const auto pdf = shop.get(label);
  EXPECT_EQ(pdf.status, 200);
  EXPECT_EQ(pdf.body.substr(0, 5), "%PDF-");
  expect_plain_and_narrow();

  shop.scan("returns-1", made["code"]);
  browser.open(link("return_url") + "?lang=en");
  EXPECT_GE(browser.count(".rail .done"), 2);
  Json refund = shop.order("SO-1001")["refunds"][0];
  const std::int64_t cents = refund["amount"]["amount"].get<std::int64_t>();
  EXPECT_EQ(total, "€" + std::to_string(cents / 100) + "." + (cents % 100 < 10 ? "0" : "") + std::to_string(cents % 100))
      << "what was shown is what is paid";
}

TEST_F(CustomerPage, FromOrderToLabelTakesAtMostSixInteractions) {
  shop.ship("SO-1001");
  const std::string id = shop.order("SO-1001")["lines"][0]["id"];
  int interactions = 0;
  const auto act = [&](auto what) {
    what();
    ++interactions;
  };
  browser.open(link("tracking_url") + "?lang=en");
  act([&] { browser.click_and_leave("a[href^='/return/']"); });
  act([&] { browser.click("#take-" + id); });
  act([&] { browser.script("document.querySelector(arguments[0]).value = 'too_small'", {"#r-" + id}); });
  act([&] { browser.click_and_leave("form button"); });
  act([&] { browser.click_and_leave("button.confirm"); });
  const std::string label = browser.script("return document.querySelector('.steps a.button').getAttribute('href')").get<std::string>();
  act([&] { EXPECT_EQ(shop.get(label).body.substr(0, 5), "%PDF-"); });
  EXPECT_LE(interactions, 6);
}

TEST_F(CustomerPage, APhotoThatAReasonAsksForComesWithTheFormAndBelongsToTheReturn) {
  ASSERT_EQ(shop.api("PUT", "/v1/policy", {{"photo_reasons", {"damaged"}}}).status, 200);
  shop.ship("SO-1001");
  const std::string id = shop.order("SO-1001")["lines"][0]["id"], photo = "input[name=photo_" + id + "]";
  const auto file = shop.folder() / "broken.png";
  std::ofstream(file, std::ios::binary) << small_picture();
  browser.open(link("return_url") + "?lang=en");
  browser.click("input[name=take_" + id + "]");
  const auto shown = [&] { return browser.script("return document.querySelector(arguments[0]).getClientRects().length > 0", {photo}); };
  EXPECT_EQ(shown(), false) << "asked for only when the reason asks";
  browser.script("document.querySelector(arguments[0]).value = 'damaged'", {"select[name=reason_" + id + "]"});
  EXPECT_EQ(shown(), true);
  browser.click_and_leave("form button");
  EXPECT_FALSE(browser.text("[role=alert]").empty()) << "the photo is missing";
  browser.complaints();  // the 422 of the form
  browser.type(photo, file.string());
  browser.click_and_leave("form button");
  EXPECT_EQ(browser.text("h1"), "Please check") << body();
  browser.click_and_leave("button.confirm");
  EXPECT_TRUE(says("Your return is registered")) << body();
  const Json order = shop.order("SO-1001");
  const Json photos = shop.api("GET", "/v1/orders/" + order["id"].get<std::string>() + "/photos").json()["items"];
  ASSERT_EQ(photos.size(), 1U);
  EXPECT_EQ(photos[0]["about"], order["returns"][0]["id"]) << photos[0];
}

TEST_F(CustomerPage, AReturnIsChangedAndCanceledBeforeDropOffAndNotAfter) {
  shop.ship("SO-1001");
  const Json order = shop.order("SO-1001");
  const std::string id = order["lines"][0]["id"], path = link("return_url").substr(shop.at("").size());
  const std::string two = "take_" + id + "=yes&quantity_" + id + "=2&reason_" + id + "=other";
  ASSERT_EQ(shop.post_form(path, two).status, 303);
  const Json made = shop.order("SO-1001")["returns"][0];

  browser.open(link("return_url") + "?lang=en");
  browser.click_and_leave("a[href*='/change']");
  EXPECT_EQ(browser.text("h1"), "Change your return");
  EXPECT_EQ(browser.script("return document.querySelector(arguments[0]).value", {"#q-" + id}), "2") << "as it was announced";
  browser.script("document.querySelector(arguments[0]).value = '1'", {"#q-" + id});
  browser.script("document.querySelector(arguments[0]).value = 'damaged'", {"#r-" + id});
  browser.click_and_leave("form button");
  const std::string total = browser.text(".offer .total");
  browser.click("input[name=way][value=counter]");
  browser.click_and_leave("button.confirm");
  EXPECT_TRUE(says("Your return is changed")) << body();
  EXPECT_TRUE(says("Show the code at the carrier's counter"));
  Json now = shop.order("SO-1001")["returns"];
  ASSERT_EQ(now.size(), 1u) << "the same return";
  EXPECT_EQ(now[0]["code"], made["code"]);
  EXPECT_EQ(now[0]["lines"][0]["quantity"], 1);
  EXPECT_EQ(now[0]["lines"][0]["reason"], "damaged");
  EXPECT_EQ(store::Session(shop.db()).value<std::int64_t>("SELECT announced FROM order_lines WHERE order_id = 1 ORDER BY line_id LIMIT 1"),
            1);

  browser.click(".cancel summary");
  browser.click_and_leave(".cancel button");
  EXPECT_TRUE(says("Your return is canceled"));
  EXPECT_EQ(shop.order("SO-1001")["returns"][0]["status"], "canceled");

  ASSERT_EQ(shop.post_form(path, two).status, 303);
  const Json again = shop.order("SO-1001")["returns"][1];
  shop.scan("returns-1", again["code"]);
  const std::string at = path + "/" + again["id"].get<std::string>();
  EXPECT_EQ(shop.post_form(at + "/cancel", "").status, 409);
  EXPECT_EQ(shop.get(at + "/change").status, 409);
  EXPECT_EQ(shop.post_form(path, two + "&change_of=" + again["id"].get<std::string>()).status, 409);
  EXPECT_EQ(shop.order("SO-1001")["returns"][1]["lines"][0]["quantity"], 2);
}

TEST_F(CustomerPage, ALabelThatRanOutIsReplacedWhileTheWindowHolds) {
  shop.ship("SO-1001");
  const std::string id = shop.order("SO-1001")["lines"][0]["id"], path = link("return_url").substr(shop.at("").size());
  ASSERT_EQ(shop.post_form(path, "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=other").status, 303);
  const std::string old = shop.order("SO-1001")["returns"][0]["id"];
  EXPECT_EQ(shop.post_form(path + "/" + old + "/again", "").status, 404) << "its label is still good";
  store::Session session(shop.db());
  session.run("UPDATE returns SET status = 'expired'", {});
  session.run("UPDATE return_lines SET reception = 'expired'", {});
  session.run("UPDATE order_lines SET announced = 0", {});
  browser.open(link("return_url") + "?lang=en");
  browser.click_and_leave("form[action*='/again'] button");
  EXPECT_TRUE(says("Your return is registered"));
  const Json returns = shop.order("SO-1001")["returns"];
  ASSERT_EQ(returns.size(), 2u);
  EXPECT_EQ(returns[1]["status"], "approved");
  EXPECT_EQ(returns[1]["lines"][0]["quantity"], 1);
}

TEST_F(CustomerPage, AChangeOfMindKeepsWhatWasChosen) {
  shop.ship("SO-1001");
  const std::string id = shop.order("SO-1001")["lines"][0]["id"];
  browser.open(link("return_url") + "?lang=en");
  browser.click("input[name=take_" + id + "]");
  browser.script("document.querySelector(arguments[0]).value = 'too_small'", {"select[name=reason_" + id + "]"});
  browser.type("input[name=note_" + id + "]", "<b>half</b> a size");
  browser.click_and_leave("form button");
  EXPECT_TRUE(says("<b>half</b> a size")) << "shown as written, never as markup";
  browser.click_and_leave("button[name=change]");
  EXPECT_TRUE(browser.script("return document.querySelector(arguments[0]).checked", {"input[name=take_" + id + "]"}).get<bool>());
  EXPECT_EQ(browser.script("return document.querySelector(arguments[0]).value", {"select[name=reason_" + id + "]"}), "too_small");
  EXPECT_EQ(browser.script("return document.querySelector(arguments[0]).value", {"input[name=note_" + id + "]"}), "<b>half</b> a size");
}

TEST_F(CustomerPage, FaultsAreNamedOnTopInTheReadersLanguage) {
  shop.ship("SO-1001");
  browser.open(link("return_url") + "?lang=de");
  browser.click_and_leave("form button");
  EXPECT_NE(browser.text("[role=alert]").find("Wählen Sie mindestens einen Artikel"), std::string::npos);
  browser.complaints();  // the 422 of the form
}

TEST_F(CustomerPage, ALateReturnIsRefusedWithTheRuleAndTheDates) {
  shop.ship("SO-1001");
  store::Session session(shop.db());
  session.run("UPDATE parcels SET status = 'delivered', delivered_at = now() - interval '31 days'", {});
  session.run("UPDATE order_lines SET delivered = shipped", {});
  const std::string id = shop.order("SO-1001")["lines"][0]["id"];
  browser.open(link("return_url") + "?lang=en");
  EXPECT_EQ(browser.count("input[name=take_" + id + "]"), 0) << "what cannot come back is not offered";
  for (const char* part : {"Red mug", "Day 32 of 30, delivered", "The window ended"}) EXPECT_TRUE(says(part)) << part << " in " << body();
  const std::string form = "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=late&lang=en";
  const auto forced = shop.post_form(link("return_url").substr(shop.at("").size()) + "?lang=en", form);
  EXPECT_EQ(forced.status, 422);
  EXPECT_NE(forced.body.find("Day 32 of 30"), std::string::npos) << "the rule and its values, whoever asks";
  EXPECT_TRUE(shop.order("SO-1001")["returns"].empty());
}

TEST_F(CustomerPage, SendingTheFormTwiceMakesOneReturn) {
  shop.ship("SO-1001");
  const std::string id = shop.order("SO-1001")["lines"][1]["id"];
  const std::string path = link("return_url").substr(shop.at("").size());
  const std::string form = "take_" + id + "=yes&quantity_" + id + "=1&reason_" + id + "=other";
  EXPECT_EQ(shop.post_form(path, form).status, 303);
  EXPECT_EQ(shop.post_form(path, form).status, 409);
  EXPECT_EQ(shop.order("SO-1001")["returns"].size(), 1u);
}

TEST_F(CustomerPage, ForeignForgedAndMixedUpLinksOpenNothing) {
  const std::string track = link("tracking_url").substr(shop.at("/track/").size()),
                    back = link("return_url").substr(shop.at("/return/").size());
  for (const std::string& path : {"/track/" + back, "/return/" + track, "/track/" + track + "x", std::string("/track/x"),
                                  "/contact/" + back, "/return/" + back + "/ret_999/label.pdf"}) {
    EXPECT_EQ(shop.get(path).status, 404) << path;
  }
  store::Session(shop.db()).run("UPDATE orders SET link_generation = link_generation + 1 WHERE external_id = 'SO-1001'", {});
  EXPECT_EQ(shop.get("/track/" + track).status, 404) << "revoked";
}

TEST_F(CustomerPage, PrivateLinksAreNotLeakedOrIndexed) {
  const auto reply = shop.get(link("tracking_url").substr(shop.at("").size()));
  EXPECT_EQ(header(reply.headers, "referrer-policy"), "no-referrer");
  EXPECT_NE(header(reply.headers, "x-robots-tag").value_or("").find("noindex"), std::string::npos);
  EXPECT_EQ(header(reply.headers, "x-frame-options"), "DENY");
  EXPECT_NE(header(reply.headers, "content-security-policy").value_or("").find("default-src 'none'"), std::string::npos);
}

TEST_F(CustomerPage, AMessageReachesTheDeskAndItsAnswerTheCustomer) {
  browser.open(link("tracking_url") + "?lang=en");
  browser.click_and_leave("a[href^='/contact/']");
  browser.type("#message", "Is it <dishwasher> safe?");
  browser.click_and_leave("main form button");
  EXPECT_TRUE(says("Thank you, your message has arrived"));

  browser.resize(1280, 900);
  sign_in(browser, shop, "anna");
  EXPECT_NE(browser.text("#message").find("Is it <dishwasher> safe?"), std::string::npos);
  browser.click_and_leave("#message li a");
  browser.type("textarea[name=answer]", "Yes, up to 60 degrees.");
  browser.click_and_leave(".message form button");
  EXPECT_TRUE(says("Yes, up to 60 degrees."));
  browser.open(link("tracking_url"));
  browser.click_and_leave("a[href^='/contact/']");
  EXPECT_TRUE(says("Yes, up to 60 degrees."));
  const auto told =
      store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = 'message_answered'");
  EXPECT_EQ(told, 1);
}

TEST_F(CustomerPage, FindAnswersTheSameForHitAndMissAndMailsTheLinkOnlyForAHit) {
  const std::string email = shop.order("SO-1001")["customer"]["email"];
  const auto hit = shop.post_form("/find", "order_number=SO-1001&proof=" + percent_encode(email));
  const auto miss = shop.post_form("/find", "order_number=SO-1001&proof=nobody%40example.org");
  const auto unknown = shop.post_form("/find", "order_number=NO-SUCH&proof=" + percent_encode(email));
  EXPECT_EQ(hit.status, 200);
  EXPECT_EQ(hit.body, miss.body);
  EXPECT_EQ(hit.body, unknown.body);
  const auto queued = [&] {
    return store::Session(shop.db()).value<std::int64_t>("SELECT count(*) FROM notifications WHERE milestone = 'link_requested'");
  };
  EXPECT_EQ(queued(), 1);
  EXPECT_EQ(shop.post_form("/find", "order_number=SO-1002&proof=" +
                                        percent_encode(shop.order("SO-1002")["ship_to"]["postal_code"].get<std::string>()))
                .status,
            200);
  EXPECT_EQ(queued(), 2) << "the postcode proves it, too";
  int last = 200;
  for (int i = 0; i < 12 && last == 200; ++i) last = shop.post_form("/find", "order_number=SO-1001&proof=x").status;
  EXPECT_EQ(last, 429);
}

}  // namespace
}  // namespace roundtrip::test
