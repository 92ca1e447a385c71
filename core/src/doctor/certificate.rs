//! The names on a certificate, and how long it is valid (RFC 5280, section 4.1).

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use yasna::{ASN1Result, BERReader, BERReaderSeq, Tag, models::TaggedDerValue, parse_der};

/// Short names of the parts of a name (RFC 4514, section 3). Others are shown as numbers.
const PARTS: [(&[u64], &str); 7] = [
    (&[2, 5, 4, 3], "CN"),
    (&[2, 5, 4, 6], "C"),
    (&[2, 5, 4, 7], "L"),
    (&[2, 5, 4, 8], "ST"),
    (&[2, 5, 4, 10], "O"),
    (&[2, 5, 4, 11], "OU"),
    (&[0, 9, 2342, 19_200_300, 100, 1, 25], "DC"),
];

const UTC_TIME: u64 = 23;
const BMP_STRING: u64 = 30;

/// What a certificate says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Facts {
    /// None for something that is not a certificate.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let facts = parse_der(certificate, |reader| {
            reader.read_sequence(|parts| {
                let facts = parts.next().read_sequence(Self::read)?;
                skip_rest(parts)?;
                Ok(facts)
            })
        });
        facts.ok()
    }

    fn read(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<Self> {
        let _version = parts
            .read_optional(|part| part.read_tagged(Tag::context(0), |part| part.read_der()))?;
        let _serial = parts.next().read_der()?;
        let _algorithm = parts.next().read_der()?;
        let issuer = name(parts.next())?;
        let (from, until) = parts
            .next()
            .read_sequence(|times| Ok((time(times.next())?, time(times.next())?)))?;
        let subject = name(parts.next())?;
        skip_rest(parts)?;
        Ok(Self {
            subject,
            issuer,
            from,
            until,
        })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "subject": self.subject,
            "issuer": self.issuer,
            "not_before": self.from.map(|time| time.to_string()),
            "not_after": self.until.map(|time| time.to_string()),
        })
    }
}

fn skip_rest(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    while parts.read_optional(|part| part.read_der())?.is_some() {}
    Ok(())
}

/// Written as `CN=…, O=…`, the most specific part first.
fn name(reader: BERReader<'_, '_>) -> ASN1Result<String> {
    let mut told = Vec::new();
    reader.read_sequence_of(|set| {
        set.read_set_of(|part| {
            part.read_sequence(|pair| {
                let kind = pair.next().read_oid()?;
                let known = PARTS
                    .iter()
                    .find(|(number, _)| *number == kind.components().as_slice());
                let kind = known.map_or_else(|| kind.to_string(), |(_, short)| (*short).to_owned());
                told.push(format!("{kind}={}", text(&pair.next().read_tagged_der()?)));
                Ok(())
            })
        })
    })?;
    told.reverse();
    Ok(told.join(", "))
}

/// In any of the encodings that names have; without characters that could upset a terminal.
fn text(value: &TaggedDerValue) -> String {
    let bytes = value.value();
    let text = match value.tag().tag_number {
        BMP_STRING => {
            let pairs = bytes.chunks_exact(2);
            let units: Vec<u16> = pairs
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// `YYMMDDHHMMSSZ`, where years from 50 on are of the last century, or `YYYYMMDDHHMMSSZ`.
fn time(reader: BERReader<'_, '_>) -> ASN1Result<Option<Timestamp>> {
    let value = reader.read_tagged_der()?;
    let digits = String::from_utf8_lossy(value.value());
    let century = match (value.tag().tag_number, digits.as_bytes().first()) {
        (UTC_TIME, Some(b'5'..=b'9')) => "19",
        (UTC_TIME, _) => "20",
        _ => "",
    };
    Ok(Timestamp::strptime(
        "%Y%m%d%H%M%S%z",
        format!("{century}{}", digits.replace('Z', "+0000")),
    )
    .ok())
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;

    /// Made for this test: `CN=gateway.test, O=Example, C=DE`, from 2026 to 2056, signed by itself.
    const MADE: &str = "\
        MIIBVTCB/AIBATAKBggqhkjOPQQDAjA2MQswCQYDVQQGEwJERTEQMA4GA1UECgwHRXhhbXBsZTEVMBMGA1UEAwwMZ2F0ZXdh\
        eS50ZXN0MCAXDTI2MDEwMTAwMDAwMFoYDzIwNTYwMTAxMDAwMDAwWjA2MQswCQYDVQQGEwJERTEQMA4GA1UECgwHRXhhbXBs\
        ZTEVMBMGA1UEAwwMZ2F0ZXdheS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHkE3NO3nGiOBHSyKZzsEVPGj1qEf\
        Z398yDrA5D1f5wX7JskpxmfxXtbnPRbvnUnfPdoqBPzz35PUBKmEHqC65jAKBggqhkjOPQQDAgNIADBFAiBh9YZ6ssttZNbG\
        iLQFh7DDsi/IDMQ9gfZG+6oZOJwkqwIhAMCQXmUfc4ToMi/6dvtWIl65Xfd9yLFapFpeKIlDDBjz";

    #[test]
    fn names_and_times_are_read() {
        let bytes = BASE64_STANDARD.decode(MADE).unwrap();
        let facts = Facts::of(&CertificateDer::from(bytes)).unwrap();
        assert_eq!(facts.subject, "CN=gateway.test, O=Example, C=DE");
        assert_eq!(facts.issuer, facts.subject);
        assert_eq!(facts.from.unwrap().to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(facts.until.unwrap().to_string(), "2056-01-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_certificate_has_no_facts() {
        for bytes in [&b""[..], b"\x30\x03\x02\x01\x01", b"-----BEGIN"] {
            assert_eq!(Facts::of(&CertificateDer::from(bytes)), None);
        }
    }
}
