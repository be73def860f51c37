// The words printed on return labels.
#include <fmt/format.h>

#include "labels/label.hpp"

namespace roundtrip::labels {
namespace {

const ReturnWords kEnglish = {
    "Return label",
    "RETURN",
    "From",
    "Return to",
    "Order",
    "Return code",
    "Items to return",
    "Qty",
    "Article",
    "Valid until",
    "Cut here and stick this label on the parcel",
    "Page",
    "and {} more",
    "Postage",
    "paid by the shop",
    "paid by you",
    "Questions?",
    {"Pack the items well, with everything that came with them.", "Put the upper part of this page into the parcel.",
     "Cut off the label below and stick it on the parcel. Cover or remove old labels.",
     "Hand the parcel over and keep the receipt. We tell you when it has arrived."}};
const ReturnWords kGerman = {
    "Rücksendeetikett",
    "RÜCKSENDUNG",
    "Von",
    "Zurück an",
    "Bestellung",
    "Rücksendecode",
    "Artikel der Rücksendung",
    "Menge",
    "Artikel",
    "Gültig bis",
    "Hier abschneiden und auf das Paket kleben",
    "Seite",
    "und {} weitere",
    "Porto",
    "zahlt der Shop",
    "zahlen Sie",
    "Fragen?",
    {"Verpacken Sie die Artikel gut und vollständig, mit allem Zubehör.", "Legen Sie den oberen Teil dieser Seite in das Paket.",
     "Schneiden Sie das Etikett unten ab und kleben Sie es auf das Paket. Entfernen oder überkleben Sie alte Etiketten.",
     "Geben Sie das Paket ab und bewahren Sie den Beleg auf. Wir melden uns, sobald es angekommen ist."}};
const ReturnWords kPortuguese = {
    "Etiqueta de devolução",
    "DEVOLUÇÃO",
    "De",
    "Devolver a",
    "Encomenda",
    "Código da devolução",
    "Artigos a devolver",
    "Qtd.",
    "Artigo",
    "Válida até",
    "Corte aqui e cole esta etiqueta na embalagem",
    "Página",
    "e mais {}",
    "Portes",
    "pagos pela loja",
    "pagos por si",
    "Dúvidas?",
    {"Embale bem os artigos, com tudo o que os acompanhava.", "Coloque a parte superior desta página dentro da embalagem.",
     "Recorte a etiqueta abaixo e cole-a na embalagem. Cubra ou retire etiquetas antigas.",
     "Entregue a embalagem e guarde o recibo. Avisamos assim que ela chegar."}};

bool speaks(const std::string& locale, const char* language) { return locale.rfind(language, 0) == 0; }

}  // namespace

const ReturnWords& return_words(const std::string& locale) {
  if (speaks(locale, "de")) return kGerman;
  if (speaks(locale, "pt")) return kPortuguese;
  return kEnglish;
}

std::string day_text(const std::string& locale, Instant at) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Civil day = to_civil(at);
  if (speaks(locale, "de")) return fmt::format("{:02}.{:02}.{}", day.day, day.month, day.year);
  if (speaks(locale, "pt")) return fmt::format("{:02}/{:02}/{}", day.day, day.month, day.year);
  return fmt::format("{} {} {}", day.day, kMonths[day.month - 1], day.year);
}

}  // namespace roundtrip::labels
