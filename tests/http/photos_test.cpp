// Photos over HTTP: forms with files and their framing, the child that reads them, who may see them.
#include <gtest/gtest.h>

#include "http/multipart.hpp"
#include "labels/picture_child.hpp"
#include "support/api.hpp"
#include "support/pictures.hpp"
#include "support/places.hpp"
#include "usecases/label_reading.hpp"

namespace roundtrip::test {
namespace {

using http::parse_multipart;

const std::string kForm = "multipart/form-data; boundary=XX";

std::string part(const std::string& disposition, const std::string& body, const std::string& more = "") {
  return "--XX\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" + body + "\r\n";
}

std::string code_of(std::string_view type, std::string_view body) {
  const auto parsed = parse_multipart(type, body);
  if (!parsed) return "none";
  return *parsed ? "read" : parsed->error().code;
}

TEST(Multipart, FieldsAndFilesComeOutAsTheyAre) {
  const std::string binary("a\r\n--X\0Y\xFF", 9);
  const std::string body = part("name=\"csrf\"", "t\xC3\xB6ken") +
                           part("name=photo; filename=\"C:\\\\fake\\\\..\\\\my \\\"pic\\\".jpg\"", binary, "Content-Type: image/jpeg\r\n") +
                           part("filename=\"\"; name=\"none\"", "") + "--XX--\r\n";
  const auto parsed = parse_multipart("Multipart/Form-Data; charset=utf-8; boundary=\"XX\"", body);
  ASSERT_TRUE(parsed && *parsed);
  ASSERT_EQ((*parsed)->fields.size(), 1U);
  EXPECT_EQ((*parsed)->fields[0], std::pair(std::string("csrf"), std::string("t\xC3\xB6ken")));
  ASSERT_EQ((*parsed)->files.size(), 1U);  // a file that was not chosen is none
  const auto& file = (*parsed)->files[0];
  EXPECT_EQ(file.field, "photo");
  EXPECT_EQ(file.name, "my \"pic\".jpg");
  EXPECT_EQ(file.content_type, "image/jpeg");
  EXPECT_EQ(body.substr(file.at, file.size), binary);
  EXPECT_EQ(code_of("application/json", "{}"), "none");
  EXPECT_EQ(code_of(kForm, "--XX--"), "read");
}

TEST(Multipart, WhatIsNotFramedExactlyIsRefused) {
  const std::string good = part("name=\"a\"", "1") + "--XX--\r\n";
  ASSERT_EQ(code_of(kForm, good), "read");
  const std::vector<std::string> bodies = {
      "",
      "--",
      "--XX",
      "--XX\r\n",
      "--XX-",
      "preamble\r\n" + good,
      good + "epilogue",
      good + good,
      good.substr(0, good.size() - 4),
      "--XX \r\n" + good.substr(6),
      "--XX\n" + good.substr(6),
      "--XX\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n folded\r\n\r\n1\r\n--XX--",
      "--XX\r\n" + std::string(5000, 'h') + ": x\r\n\r\n1\r\n--XX--",
      "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\nX: " + std::string(5000, 'h') + "\r\n\r\n1\r\n--XX--",
  };
  for (const auto& body : bodies) EXPECT_EQ(code_of(kForm, body), "bad_multipart") << body.substr(0, 90);
  for (const std::string type :
       {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"X",
        "multipart/form-data; boundary=XX; boundary=YY", "multipart/mixed; boundary=XX", "multipart/form-datax; boundary=XX"}) {
    EXPECT_EQ(code_of(type, good), "bad_multipart") << type;
  }
  EXPECT_EQ(code_of("multipart/form-data; boundary=" + std::string(71, 'X'), good), "bad_multipart");
  EXPECT_EQ(code_of("multipart/form-data; boundary=\"X\r\nX\"", good), "bad_multipart");
}

TEST(Multipart, CountsAndSizesAreBounded) {
  std::string files, fields;
  for (int i = 0; i < 9; ++i) files += part("name=f; filename=a.jpg", "x");
  for (int i = 0; i < 201; ++i) fields += part("name=f", "x");
  EXPECT_EQ(code_of(kForm, files + "--XX--"), "too_many_files");
  EXPECT_EQ(code_of(kForm, fields + "--XX--"), "too_many_parts");
  EXPECT_EQ(code_of(kForm, part("name=f", std::string((64 << 10) + 1, 'x')) + "--XX--"), "field_too_large");
  EXPECT_EQ(code_of(kForm, part("name=f; filename=a", std::string((64 << 10) + 1, 'x')) + "--XX--"), "read");
}

struct Photos : testing::Test {
  Api api;
  std::string order;
  const std::string picture = labels::jpeg(corners(320, 200), 90);

  void SetUp() override {
    api.add_product("MUG", "4006381333931", 9);
    order = api.take_order(Api::order_body("SO-1", {{"MUG", 2}}))["id"];
  }
  ApiAnswer send(const std::string& body, const std::string& type, const std::string& query = "") {
    return api.call("POST", "/v1/orders/" + order + "/photos" + query, body, {{"Content-Type", type}});
  }
};

TEST_F(Photos, AFormOfPicturesIsKeptAsJpegWithoutMetadata) {
  const std::string body = part("name=photo; filename=a.jpg", with_exif(picture, 6), "Content-Type: image/jpeg\r\n") +
                           part("name=photo; filename=b.png", hollow_png(1, 1).substr(0, 0)) + part("name=other", "x") + "--XX--\r\n";
  const auto added = send(body, kForm);
  ASSERT_EQ(added.status, 201) << added.text;
  ASSERT_EQ(added.body["items"].size(), 1U);
  const auto kept = api.get(added.body["items"][0]["url"].get<std::string>());
  EXPECT_EQ(kept.status, 200);
  EXPECT_EQ(kept.header("content-type"), "image/jpeg");
  EXPECT_EQ(kept.text.find("GPS"), std::string::npos);
  const auto seen = labels::decoded_picture(kept.text, 2000);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->width, 200);
  EXPECT_EQ(corners_of(*seen), "brwg");
  // The same again is the first one; one as the body is another.
  EXPECT_EQ(send(body, kForm).body["items"].size(), 1U);
  EXPECT_EQ(send(picture, "image/jpeg").body["items"].size(), 2U);
  EXPECT_EQ(api.get("/v1/orders/" + order + "/photos").body["items"].size(), 2U);
  EXPECT_EQ(api.get("/v1/orders/" + order + "/timeline").body["items"].back()["type"], "photo.added");
}

TEST_F(Photos, WhatIsNoPictureIsRefusedWithWhatToDo) {
  EXPECT_EQ(send("{}", "application/json").status, 415);
  EXPECT_EQ(send(part("name=a", "1") + "--XX--", kForm).code(), "no_photo");
  EXPECT_EQ(send("--XX", kForm).code(), "bad_multipart");
  EXPECT_EQ(send("hello", "image/jpeg").code(), "photo_format_unknown");
  EXPECT_EQ(send(picture.substr(0, picture.size() / 2), "image/jpeg").code(), "photo_unreadable");
  EXPECT_EQ(send(hollow_png(60'000, 60'000), "image/png").code(), "photo_too_many_pixels");
  EXPECT_EQ(send("\xFF\xD8\xFF" + std::string(labels::kMostPictureBytes, 'x'), "image/jpeg").code(), "photo_too_large");
  EXPECT_EQ(send(std::string((26 << 20), 'x'), "image/jpeg").code(), "body_too_large");
  EXPECT_EQ(send(picture, "image/jpeg", "?about=ret_1").code(), "photo_about_unknown");
  EXPECT_EQ(api.call("POST", "/v1/orders/ord_zzz/photos", picture, {{"Content-Type", "image/jpeg"}}).status, 404);
  EXPECT_EQ(api.call("POST", "/v1/orders", picture, {{"Content-Type", "image/jpeg"}}).status, 415);
  EXPECT_TRUE(api.get("/v1/orders/" + order + "/photos").body["items"].empty());
}

TEST_F(Photos, OfAnotherMerchantAreNotThere) {
  const std::string url = send(picture, "image/jpeg").body["items"][0]["url"];
  const auto other = api.other_merchant();
  EXPECT_EQ(api.get(url, other).status, 404);
  EXPECT_EQ(api.get("/v1/orders/" + order + "/photos", other).status, 404);
}

TEST_F(Photos, AChildThatDiesOrCannotStartIsNoFaultOfTheService) {
  labels::set_picture_program("/bin/false");
  EXPECT_EQ(send(picture, "image/jpeg").code(), "photo_unreadable");
  labels::set_picture_program("/nowhere");
  EXPECT_EQ(api.get("/v1/orders").status, 200);
  labels::set_picture_program(ROUNDTRIP_BINARY);
  EXPECT_EQ(send(picture, "image/jpeg").status, 201);
}

TEST_F(Photos, OfLabelsAreReadForStrangersOnlyAFewTimes) {
  const auto read = [&](const char* address, Instant at) {
    return usecases::number_on_label(api.db(), api.merchant(), "no picture", address, at).error().code;
  };
  const Instant at = now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(read("192.0.2.1", at), "photo_format_unknown");
  EXPECT_EQ(read("192.0.2.1", at), "too_many_requests");
  EXPECT_EQ(read("192.0.2.2", at), "photo_format_unknown") << "another one's tries are their own";
  EXPECT_EQ(read("192.0.2.1", at + 15 * kMinute + 1 * kSecond), "photo_format_unknown");
}

}  // namespace
}  // namespace roundtrip::test
