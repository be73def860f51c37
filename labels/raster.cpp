// Filling outlines, bars and areas with dots.
#include "labels/raster.hpp"

#include <algorithm>
#include <cmath>

namespace roundtrip::labels {
namespace {

constexpr int kCurveSteps = 6;
constexpr int kSamples = 4;      // a side: a dot of a glyph is looked at in so many squared places
constexpr int kDarkSamples = 6;  // of 16: thin strokes stay whole

struct Segment {
  double x0, y0, x1, y1;
};

// A contour as straight lines in dots; quadratic curves as kCurveSteps lines each.
void add_segments(const Contour& contour, double x, double baseline, double scale, std::vector<Segment>& out) {
  struct Point {
    double x, y;
    bool on;
  };
  std::vector<Point> points;  // with the implied points between two control points
  for (std::size_t i = 0; i < contour.size(); ++i) {
    const OutlinePoint& p = contour[i];
    const OutlinePoint& next = contour[(i + 1) % contour.size()];
    points.push_back({x + p.x * scale, baseline - p.y * scale, p.on_curve});
    if (!p.on_curve && !next.on_curve) {
      points.push_back({x + (p.x + next.x) / 2.0 * scale, baseline - (p.y + next.y) / 2.0 * scale, true});
    }
  }
  const auto first = std::find_if(points.begin(), points.end(), [](const Point& p) { return p.on; });
  if (first == points.end()) return;
  std::rotate(points.begin(), first, points.end());
  points.push_back(points.front());
  Point from = points.front();
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].on) {
      out.push_back({from.x, from.y, points[i].x, points[i].y});
      from = points[i];
      continue;
    }
    const Point control = points[i], to = points[++i];
    Point last = from;
    for (int step = 1; step <= kCurveSteps; ++step) {
      const double t = static_cast<double>(step) / kCurveSteps, u = 1 - t;
      const Point at{u * u * from.x + 2 * u * t * control.x + t * t * to.x, u * u * from.y + 2 * u * t * control.y + t * t * to.y, true};
      out.push_back({last.x, last.y, at.x, at.y});
      last = at;
    }
    from = to;
  }
}

// Non-zero winding, sampled at the centers of the dots.
void fill(Bitmap& bitmap, const std::vector<Segment>& segments) {
  std::vector<std::pair<double, int>> crossings;
  for (int y = 0; y < bitmap.height; ++y) {
    const double at = y + 0.5;
    crossings.clear();
    for (const Segment& s : segments) {
      if ((s.y0 <= at) == (s.y1 <= at)) continue;
      crossings.emplace_back(s.x0 + (at - s.y0) / (s.y1 - s.y0) * (s.x1 - s.x0), s.y1 > s.y0 ? 1 : -1);
    }
    std::sort(crossings.begin(), crossings.end());
    int winding = 0;
    for (std::size_t i = 0; i + 1 < crossings.size(); ++i) {
      winding += crossings[i].second;
      if (winding == 0) continue;
      const int start = std::max(0, static_cast<int>(std::ceil(crossings[i].first - 0.5)));
      const int end = std::min(bitmap.width - 1, static_cast<int>(std::ceil(crossings[i + 1].first - 0.5)) - 1);
      for (int x = start; x <= end; ++x) bitmap.at(x, y) = 1;
    }
  }
}

// A glyph: filled finely on a small bitmap of its own, then counted into the dots of the page.
void stamp(Bitmap& page, std::vector<Segment> segments, bool dark) {
  if (segments.empty()) return;
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (const Segment& s : segments) {
    left = std::min({left, s.x0, s.x1}), right = std::max({right, s.x0, s.x1});
    top = std::min({top, s.y0, s.y1}), bottom = std::max({bottom, s.y0, s.y1});
  }
  const int x0 = static_cast<int>(std::floor(left)), y0 = static_cast<int>(std::floor(top));
  const int width = static_cast<int>(std::ceil(right)) - x0 + 1, height = static_cast<int>(std::ceil(bottom)) - y0 + 1;
  Bitmap fine{width * kSamples, height * kSamples, {}};
  fine.dark.assign(static_cast<std::size_t>(fine.width) * static_cast<std::size_t>(fine.height), 0);
  for (Segment& s : segments) s = {(s.x0 - x0) * kSamples, (s.y0 - y0) * kSamples, (s.x1 - x0) * kSamples, (s.y1 - y0) * kSamples};
  fill(fine, segments);
  for (int y = std::max(0, -y0); y < height && y + y0 < page.height; ++y) {
    for (int x = std::max(0, -x0); x < width && x + x0 < page.width; ++x) {
      int count = 0;
      for (int sample = 0; sample < kSamples * kSamples; ++sample) {
        count += fine.at(x * kSamples + sample % kSamples, y * kSamples + sample / kSamples);
      }
      if (count >= kDarkSamples) page.at(x + x0, y + y0) = dark;
    }
  }
}

void fill_box(Bitmap& bitmap, const Box& box, double scale, bool dark) {
  const int x0 = std::max(0, static_cast<int>(std::lround(box.x * scale))), y0 = std::max(0, static_cast<int>(std::lround(box.y * scale)));
  const int x1 = std::min(bitmap.width, std::max(x0 + 1, static_cast<int>(std::lround(box.right() * scale))));
  const int y1 = std::min(bitmap.height, std::max(y0 + 1, static_cast<int>(std::lround(box.bottom() * scale))));
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) bitmap.at(x, y) = dark;
  }
}

void draw_frame(Bitmap& bitmap, const PlacedArea& area, double scale) {
  const Box& b = area.box;
  const double w = area.outline;
  for (const Box& side : {Box{b.x, b.y, b.width, w}, Box{b.x, b.bottom() - w, b.width, w}, Box{b.x, b.y, w, b.height},
                          Box{b.right() - w, b.y, w, b.height}}) {
    fill_box(bitmap, side, scale, true);
  }
}

void draw_bars(Bitmap& bitmap, const PlacedBarcode& placed, double scale) {
  const double row = placed.box.height / placed.code.height;
  for (int y = 0; y < placed.code.height; ++y) {
    for (int x = 0; x < placed.code.width; ++x) {
      if (!placed.code.at(x, y)) continue;
      fill_box(bitmap, {placed.box.x + x * placed.module, placed.box.y + y * row, placed.module, row}, scale, true);
    }
  }
}

void draw_line(Bitmap& bitmap, const PlacedText& text, const Fonts& fonts, double scale) {
  double x = text.box.x;
  for (const Run& run : fonts.runs(text.text, text.weight)) {
    for (const Glyph& glyph : run.glyphs) {
      std::vector<Segment> segments;
      const double unit = text.size / run.face->units_per_em() * scale;
      const double left = x + glyph.dx * text.size / 1000, baseline = text.baseline - glyph.dy * text.size / 1000;
      for (const Contour& contour : run.face->outline(glyph.id)) add_segments(contour, left * scale, baseline * scale, unit, segments);
      stamp(bitmap, segments, text.gray < 0.5);
      if (run.embolden) {
        for (Segment& s : segments) s.x0 += 1, s.x1 += 1;
        stamp(bitmap, segments, text.gray < 0.5);
      }
      x += glyph.advance * text.size / 1000;
    }
  }
}

}  // namespace

Bitmap rasterize(const Page& page, const Fonts& fonts, double dots_per_inch) {
  const double scale = dots_per_inch / 72;
  Bitmap bitmap{static_cast<int>(std::lround(page.width * scale)), static_cast<int>(std::lround(page.height * scale)), {}};
  bitmap.dark.assign(static_cast<std::size_t>(bitmap.width) * static_cast<std::size_t>(bitmap.height), 0);
  for (const PlacedArea& area : page.areas) {
    if (area.outline > 0)
      draw_frame(bitmap, area, scale);
    else
      fill_box(bitmap, area.box, scale, area.gray < 0.5);
  }
  for (const PlacedBarcode& barcode : page.barcodes) draw_bars(bitmap, barcode, scale);
  for (const PlacedText& text : page.texts) draw_line(bitmap, text, fonts, scale);
  return bitmap;
}

}  // namespace roundtrip::labels
