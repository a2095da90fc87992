#include "analysis/certificates/certificate_claim.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "analysis/certificates/certificate.hpp"
#include "analysis/certificates/certificate_oracle.hpp"
#include "analysis/network/network_samples.hpp"
#include "engine/files/atomic_file.hpp"
#include "group/elements/families.hpp"
#include "temporary_directory.hpp"

using analysis::CertificateMethod;
using nlohmann::json;

namespace {

/// A run's certificate.json, its network and what was proved.
struct Stored {
  group::FiniteGroup group = group::symmetric_group(3);
  analysis::MlpWeights weights = test::in_float32(test::random_network(6, 1, 2, 9));
  analysis::Certificate certificate = analysis::certify(weights, group, CertificateMethod::table, -0.5);
  test::TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "certificate.json";
  json content = json::parse(analysis::certificate_json(certificate, weights, group));

  void write() const { engine::write_file(file, content.dump()); }
};

}  // namespace

TEST_CASE("stored claim: of these weights, with brute force's operations beside it") {
  const Stored s;
  CHECK_FALSE(analysis::stored_claim(s.file, s.weights).claim);
  CHECK(analysis::stored_claim(s.file, s.weights).note.empty());
  s.write();
  const analysis::StoredClaim stored = analysis::stored_claim(s.file, s.weights);
  REQUIRE_MESSAGE(stored.claim, stored.note);
  CHECK(stored.note.empty());
  CHECK(stored.claim->method == CertificateMethod::table);
  CHECK(stored.claim->stored);
  CHECK(stored.claim->certified == s.certificate.proved.claimed);
  CHECK(stored.claim->pairs == 36);
  CHECK(stored.claim->margin == -0.5);
  CHECK(stored.claim->operations == s.certificate.operations);
  CHECK(stored.claim->brute_operations == 6 * 6 * 6 * 9 + 6 * 6 * 9 + 6 * 6 * 6);
}

TEST_CASE("stored claim: a file that claims nothing of these weights is left out, and the field is named") {
  Stored s;
  const json good = s.content;
  const auto note = [&](const std::string& text) {
    engine::write_file(s.file, text);
    const analysis::StoredClaim stored = analysis::stored_claim(s.file, s.weights);
    CHECK_FALSE(stored.claim);
    return stored.note;
  };
  const auto with = [&](const char* pointer, const json& value) {
    json changed = good;
    changed[json::json_pointer(pointer)] = value;
    return note(changed.dump());
  };
  CHECK(with("/format", "irreplens-certificate-2").find("'format'") != std::string::npos);
  CHECK(with("/method", "magic").find("'method'") != std::string::npos);
  CHECK(with("/weights_sha256", "00").find("'weights_sha256'") != std::string::npos);
  CHECK(with("/claim", 7).find("'claim'") != std::string::npos);
  CHECK(with("/claim/pairs", 35).find("'claim.pairs'") != std::string::npos);
  CHECK(with("/claim/certified", 37).find("'claim.certified'") != std::string::npos);
  CHECK(with("/claim/certified", -1).find("'claim.certified'") != std::string::npos);
  CHECK(with("/claim/operations", 1.5).find("'claim.operations'") != std::string::npos);
  CHECK(with("/claim/margin", "much").find("'claim.margin'") != std::string::npos);
  for (const char* const text : {"", "{", "[]", "{\"format\": 1e999}"})
    CHECK(note(text).find("'format'") != std::string::npos);
  // One bit of a weight, and the certificate is another network's.
  s.write();
  s.weights.w(0, 0) = std::nextafter(static_cast<float>(s.weights.w(0, 0)), 1e9F);
  CHECK(analysis::stored_claim(s.file, s.weights).note.find("'weights_sha256'") != std::string::npos);
}

TEST_CASE("claim: sentences") {
  analysis::CertificateClaim claim{CertificateMethod::brute, 14400, 14400, 0, 224755200, 224755200, false};
  CHECK(analysis::claim_sentence(claim) ==
        "A brute certificate proves 14,400 of 14,400 pairs (accuracy 1) in 224,755,200 operations.");
  claim.method = CertificateMethod::table;
  claim.operations = 224712960;
  CHECK(analysis::claim_sentence(claim) ==
        "A table certificate proves 14,400 of 14,400 pairs (accuracy 1) in 224,712,960 operations, about as "
        "many as brute force's 224,755,200.");
  claim.operations = 4259664;
  claim.stored = true;
  CHECK(analysis::claim_sentence(claim) ==
        "A table certificate claims 14,400 of 14,400 pairs (accuracy 1) in 4,259,664 operations, 52.76 times "
        "fewer than brute force's 224,755,200.");
  claim = {CertificateMethod::table, 10, 36, 2.5, 7200, 3600, false};
  CHECK(analysis::claim_sentence(claim) ==
        "A table certificate proves 10 of 36 pairs with a margin above 2.5 in 7,200 operations, 2 times more "
        "than brute force's 3,600.");
}
