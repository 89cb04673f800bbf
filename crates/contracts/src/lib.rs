//! Types generated from `wit/`: what components and plug-ins say to each other.
//!
//! The JSON on private routes has the contract's own field names in `snake_case`; enum cases likewise.

/// The contract between intake and tier 1 (`wit/triage.wit`).
pub mod triage {
    #[allow(missing_docs, clippy::all, unsafe_code)]
    mod generated {
        wit_bindgen::generate!({
            world: "triage-types",
            path: "../../wit",
            additional_derives: [Clone, PartialEq, serde::Serialize, serde::Deserialize],
            additional_derives_ignore: ["difficulty", "verdict"],
            generate_all,
            generate_unused_types: true,
        });
    }
    pub use generated::tierline::triage::types::{
        Candidate, CannedAnswer, Decision, Difficulty, Question, Verdict,
    };

    /// What a decision's rule begins with where an answer is held back for what customers said of it; its id follows.
    pub const HELD_BACK_RULE: &str = "held back by verdicts: ";

    crate::enum_as_snake_case!(Difficulty { Easy: "easy", Consultant: "consultant", Admin: "admin" });
    crate::enum_as_snake_case!(Verdict { Answer: "answer", Route: "route" });
}

/// Serde for a generated enum, spelled as in the contract.
macro_rules! enum_as_snake_case {
    ($name:ident { $($case:ident : $text:literal),+ }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self { $(Self::$case => $text),+ })
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                match text.as_ref() {
                    $($text => Ok(Self::$case),)+
                    other => Err(serde::de::Error::unknown_variant(other, &[$($text),+])),
                }
            }
        }
    };
}
pub(crate) use enum_as_snake_case;

#[cfg(test)]
mod tests {
    use super::triage::*;

    #[test]
    fn json_uses_the_contracts_own_names() {
        let answer = CannedAnswer {
            answer_id: "a".into(),
            language: "en".into(),
            text: "t".into(),
            in_customers_language: true,
        };
        let json = serde_json::to_string(&(answer, Verdict::Answer, Difficulty::Consultant)).unwrap();
        assert_eq!(
            json,
            r#"[{"answer_id":"a","language":"en","text":"t","in_customers_language":true},"answer","consultant"]"#
        );
        assert!(serde_json::from_str::<Verdict>("\"Answer\"").is_err());
    }
}
