//! The one table of error codes: rows, problems, metrics and documents speak of the same ones.

use std::fmt;

/// Where a code occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeKind {
    /// As the `code` of a problem (api.md, "Conventions").
    Problem,
    /// In a problem's `errors`, with a pointer.
    Field,
    /// In a run's or an attempt's `error_code`.
    Run,
    /// In the findings of a verification.
    Integrity,
}

macro_rules! codes {
    ($($kind:ident $status:literal $variant:ident $name:literal $doc:literal,)+) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode { $(#[doc = $doc] $variant,)+ }

        impl ErrorCode {
            /// Every code, in the order of the documents.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Where it occurs.
            #[must_use]
            pub const fn kind(self) -> CodeKind {
                match self { $(Self::$variant => CodeKind::$kind,)+ }
            }

            /// The HTTP status of a problem with this code; 0 where it never is one.
            #[must_use]
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// One sentence for a person.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }
        }
    };
}

codes! {
    Problem 400 BadRequest "BAD_REQUEST" "The request line, a header, the query or the body cannot be read.",
    Problem 401 Unauthenticated "UNAUTHENTICATED" "No key, or one that is unknown, revoked or misspelt.",
    Problem 403 Forbidden "FORBIDDEN" "The key's role does not include the operation.",
    Problem 404 NotFound "NOT_FOUND" "There is no such thing in this org, nor a way to tell it from one of another org.",
    Problem 405 MethodNotAllowed "METHOD_NOT_ALLOWED" "The path exists; the method does not.",
    Problem 408 RequestTimeout "REQUEST_TIMEOUT" "The request did not arrive in time.",
    Problem 409 IdempotencyMismatch "IDEMPOTENCY_MISMATCH" "The Idempotency-Key was used with another request; the patch leads from what was stored to what was sent.",
    Problem 409 IdempotencyInProgress "IDEMPOTENCY_IN_PROGRESS" "The first request with this Idempotency-Key has not ended yet.",
    Problem 409 BatchState "BATCH_STATE" "The batch is not in a state in which that can be done.",
    Problem 409 ScheduleState "SCHEDULE_STATE" "The schedule is not in a state in which that can be done.",
    Problem 409 ResumeRefused "RESUME_REFUSED" "The provider is not what the resume asks for; the batch stays paused.",
    Problem 412 PlanMismatch "PLAN_MISMATCH" "The plan differs from `expected_plan_sha256`.",
    Problem 413 BodyTooLarge "BODY_TOO_LARGE" "The body is larger than this route takes.",
    Problem 415 UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" "The body must be application/json.",
    Problem 422 ValidationFailed "VALIDATION_FAILED" "The request is readable and not acceptable; `errors` names each offence.",
    Problem 429 RateLimited "RATE_LIMITED" "Too many requests; Retry-After says when to come back.",
    Problem 500 Internal "INTERNAL" "The server failed; the log has the cause under the request id.",
    Problem 502 VersionsUnavailable "VERSIONS_UNAVAILABLE" "The provider's model list could not be fetched.",
    Problem 503 Unavailable "UNAVAILABLE" "The server cannot serve now; Retry-After says when to come back.",
    Field 422 JsonSyntax "JSON_SYNTAX" "The text is not JSON (RFC 8259).",
    Field 422 JsonBom "JSON_BOM" "The document begins with a byte order mark.",
    Field 422 InvalidUtf8 "INVALID_UTF8" "The bytes are not UTF-8.",
    Field 422 JsonDuplicateKey "JSON_DUPLICATE_KEY" "An object has the same key twice.",
    Field 422 JsonLoneSurrogate "JSON_LONE_SURROGATE" "A string has half of a surrogate pair.",
    Field 422 JsonTrailingBytes "JSON_TRAILING_BYTES" "Something stands after the document.",
    Field 422 JsonTooDeep "JSON_TOO_DEEP" "The nesting is deeper than the limit.",
    Field 422 NumberTooLarge "NUMBER_TOO_LARGE" "The integer part has more than 1,000 digits.",
    Field 422 NumberTooPrecise "NUMBER_TOO_PRECISE" "A number in a schema needs more than 6 decimals.",
    Field 422 UnknownField "UNKNOWN_FIELD" "The field is not part of this object.",
    Field 422 MissingField "MISSING_FIELD" "The field is required.",
    Field 422 WrongType "WRONG_TYPE" "The value has another JSON type than the field takes.",
    Field 422 ValueNotAllowed "VALUE_NOT_ALLOWED" "The value is outside the allowed set or range.",
    Field 422 TooLong "TOO_LONG" "The string is longer than the limit.",
    Field 422 TooMany "TOO_MANY" "The list or object has more members than the limit.",
    Field 422 Empty "EMPTY" "The value may not be empty.",
    Field 422 PlaceholderInvalid "PLACEHOLDER_INVALID" "A `{{` opens neither a placeholder nor a literal `{{{{`.",
    Field 422 InputUndeclared "INPUT_UNDECLARED" "The input is not declared by the template.",
    Field 422 InputMissing "INPUT_MISSING" "The input is declared without a default and was not given.",
    Field 422 RegionUnknown "REGION_UNKNOWN" "The region is not assigned in ISO 3166.",
    Field 422 LocaleInvalid "LOCALE_INVALID" "The locale is not `ll-CC` with an ISO 639-1 language, nor `none`.",
    Field 422 TemplateTooLarge "TEMPLATE_TOO_LARGE" "The template is larger than the limit.",
    Field 422 SchemaInvalid "SCHEMA_INVALID" "The JSON Schema is not valid.",
    Field 422 SchemaUnsupported "SCHEMA_UNSUPPORTED" "The JSON Schema uses what Stet or the provider does not take.",
    Field 422 SchemaRemoteRef "SCHEMA_REMOTE_REF" "A `$ref` leads outside the document.",
    Field 422 SchemaRecursiveRef "SCHEMA_RECURSIVE_REF" "A `$ref` leads back to itself.",
    Field 422 SchemaRefConflict "SCHEMA_REF_CONFLICT" "Something other than annotations stands beside a `$ref`.",
    Field 422 SchemaRefNotFound "SCHEMA_REF_NOT_FOUND" "A `$ref` leads nowhere.",
    Field 422 SchemaTooLarge "SCHEMA_TOO_LARGE" "The schema is larger than 262,144 bytes once its references are resolved.",
    Field 422 ModelAlias "MODEL_ALIAS" "The model id is a floating alias; name a pinned version.",
    Field 422 ParameterUnsupported "PARAMETER_UNSUPPORTED" "The provider or the model family does not take this parameter.",
    Field 422 BatchTooLarge "BATCH_TOO_LARGE" "The grid has more cells than the limit.",
    Field 422 AlsLocaleUnknown "ALS_LOCALE_UNKNOWN" "The catalogue that the template pins has no entry for the locale.",
    Field 422 AlsCatalogUnknown "ALS_CATALOG_UNKNOWN" "There is no ALS catalogue of that name.",
    Field 422 AlsKeyUnknown "ALS_KEY_UNKNOWN" "There is no ALS secret with that key id.",
    Field 422 ProviderNotConfigured "PROVIDER_NOT_CONFIGURED" "This server has no credentials or address for the provider.",
    Field 422 CursorInvalid "CURSOR_INVALID" "The cursor was not issued by this server for this list.",
    Run 0 AlsBlockTooLong "ALS_BLOCK_TOO_LONG" "The ALS block has more code points than the limit; the run fails closed.",
    Run 0 ModelVersionMismatch "MODEL_VERSION_MISMATCH" "The model that answered is not the one that the template pins.",
    Run 0 FingerprintNotAllowed "FINGERPRINT_NOT_ALLOWED" "The answer's fingerprint is not on the template's allowlist.",
    Run 0 FingerprintNotOffered "FINGERPRINT_NOT_OFFERED" "The template has a fingerprint allowlist and the answer carries no fingerprint.",
    Run 0 Drifted "DRIFTED" "The answer differs from the lock of its batch; `drift_kind` says how.",
    Run 0 GroundingMissing "GROUNDING_MISSING" "The mode is REQUIRED and the answer brings no evidence; `why_not_grounded` says why.",
    Run 0 OutputInvalidJson "OUTPUT_INVALID_JSON" "The output is not JSON.",
    Run 0 OutputSchemaMismatch "OUTPUT_SCHEMA_MISMATCH" "The output is JSON and misses the template's schema.",
    Run 0 OutputIncomplete "OUTPUT_INCOMPLETE" "The model stopped before the end of its answer.",
    Run 0 OutputEmpty "OUTPUT_EMPTY" "The model answered without text.",
    Run 0 Step2ToolsInvoked "STEP2_TOOLS_INVOKED" "The reshaping step shows a sign of a tool.",
    Run 0 ProviderRefused "PROVIDER_REFUSED" "The model or the provider's filter declined to answer.",
    Run 0 ProviderUnreachable "PROVIDER_UNREACHABLE" "No connection to the provider, or it broke.",
    Run 0 ProviderTimeout "PROVIDER_TIMEOUT" "The provider did not answer in time.",
    Run 0 ProviderRateLimited "PROVIDER_RATE_LIMITED" "The provider limits the rate (429).",
    Run 0 ProviderQuotaExhausted "PROVIDER_QUOTA_EXHAUSTED" "The provider's quota or credit is used up.",
    Run 0 ProviderServerError "PROVIDER_SERVER_ERROR" "The provider failed (5xx, or a failed answer).",
    Run 0 ProviderAuth "PROVIDER_AUTH" "The provider does not accept the credentials.",
    Run 0 ProviderModelUnknown "PROVIDER_MODEL_UNKNOWN" "The provider does not know the model.",
    Run 0 ProviderRejected "PROVIDER_REJECTED" "The provider refused the request as invalid.",
    Run 0 ProviderBadAnswer "PROVIDER_BAD_ANSWER" "The provider's answer cannot be read.",
    Run 0 ProviderAnswerTooLarge "PROVIDER_ANSWER_TOO_LARGE" "The provider's answer is larger than the limit.",
    Run 0 Poison "POISON" "The run was lost with its process three times.",
    Run 0 BatchEnded "BATCH_ENDED" "The batch was cancelled or failed before the run started.",
    Integrity 0 HashMismatch "HASH_MISMATCH" "A stored hash differs from the one recomputed.",
    Integrity 0 HmacMismatch "HMAC_MISMATCH" "A record's HMAC differs from the one recomputed.",
    Integrity 0 RecordMissing "RECORD_MISSING" "A record that has to stand is not stored.",
    Integrity 0 RecordUnsealed "RECORD_UNSEALED" "A record stands among sealed ones and was not sealed with them.",
    Integrity 0 CounterMismatch "COUNTER_MISMATCH" "A counter differs from the rows that it counts.",
    Integrity 0 RecordKeyUnknown "RECORD_KEY_UNKNOWN" "The record names a key that this server does not have.",
    Integrity 0 RecordKeyRetired "RECORD_KEY_RETIRED" "The record is sealed under a key that is retired; the segment that holds it proves it still.",
}

impl ErrorCode {
    /// The code of that name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        for (index, code) in ErrorCode::ALL.iter().enumerate() {
            assert_eq!(ErrorCode::named(code.as_str()), Some(*code));
            assert!(
                ErrorCode::ALL.iter().skip(index + 1).all(|other| other.as_str() != code.as_str()),
                "{code}"
            );
        }
    }

    #[test]
    fn problems_and_fields_have_a_status_and_the_others_none() {
        for code in ErrorCode::ALL {
            let has_status = matches!(code.kind(), CodeKind::Problem | CodeKind::Field);
            assert_eq!(code.http_status() >= 400, has_status, "{code}");
        }
    }
}
