use super::*;

fn after(minutes: i64) -> Seconds {
    1_795_900_000 + minutes * 60
}

fn judged(topic: ErrorTopic, there: Option<i64>, end: Option<i64>, is_session: bool) -> String {
    let facts = ClockFacts {
        here: after(0),
        there: there.map(after),
        is_session,
        end: end.map(after),
    };
    let off = |off: Option<Offset>| off.map_or("unknown".to_owned(), |off| off.to_string());
    match facts.diagnose(topic) {
        Diagnosis::Expired(it) => format!("expired, {}", off(it)),
        Diagnosis::Clock(it) => format!("clock, {}", off(it)),
        Diagnosis::Neither => "neither".to_owned(),
    }
}

#[test]
fn a_clock_is_off_by_more_than_aws_tolerates() {
    let said = |minutes| Offset::of(after(0), after(minutes)).map(|it| it.to_string());
    assert_eq!(said(0), None);
    assert_eq!(said(4), None);
    assert_eq!(said(-4), None);
    for (minutes, words) in [
        (20, "20 minutes behind AWS's"),
        (-20, "20 minutes ahead of AWS's"),
        (119, "119 minutes behind AWS's"),
        (120, "2 hours behind AWS's"),
        (-60 * 25, "25 hours ahead of AWS's"),
        (60 * 24 * 365, "365 days behind AWS's"),
    ] {
        assert_eq!(said(minutes).as_deref(), Some(words));
    }
}

#[test]
fn an_expired_request_is_judged_by_the_known_end_and_the_date() {
    let either = |there, end, session| judged(ErrorTopic::Either, there, end, session);
    // The clock is 20 minutes off, and the session is valid by AWS's clock, or its end is unknown.
    assert_eq!(
        either(Some(20), Some(60), true),
        "clock, 20 minutes behind AWS's"
    );
    assert_eq!(
        either(Some(-20), Some(60), true),
        "clock, 20 minutes ahead of AWS's"
    );
    assert_eq!(
        either(Some(20), None, true),
        "clock, 20 minutes behind AWS's"
    );
    assert_eq!(
        either(Some(20), None, false),
        "clock, 20 minutes behind AWS's"
    );
    // It has expired by AWS's clock, but not by ours.
    assert_eq!(
        either(Some(20), Some(10), true),
        "expired, 20 minutes behind AWS's"
    );
    // The clock is right.
    assert_eq!(either(Some(0), Some(60), true), "expired, unknown");
    assert_eq!(either(Some(0), Some(-1), true), "expired, unknown");
    assert_eq!(either(Some(0), None, true), "expired, unknown");
    assert_eq!(either(Some(0), None, false), "clock, unknown");
    // There is no Date.
    assert_eq!(either(None, Some(-1), true), "expired, unknown");
    assert_eq!(either(None, Some(60), true), "clock, unknown");
    assert_eq!(either(None, None, true), "expired, unknown");
    assert_eq!(either(None, None, false), "clock, unknown");
}

#[test]
fn an_error_code_about_time_or_session_is_believed() {
    assert_eq!(
        judged(ErrorTopic::Session, Some(20), Some(60), true),
        "expired, 20 minutes behind AWS's"
    );
    assert_eq!(
        judged(ErrorTopic::Session, Some(0), None, true),
        "expired, unknown"
    );
    assert_eq!(
        judged(ErrorTopic::Time, Some(-20), None, false),
        "clock, 20 minutes ahead of AWS's"
    );
    assert_eq!(
        judged(ErrorTopic::Signature, Some(-20), None, false),
        "clock, 20 minutes ahead of AWS's"
    );
    assert_eq!(
        judged(ErrorTopic::Signature, Some(0), None, false),
        "neither"
    );
    assert_eq!(judged(ErrorTopic::Signature, None, None, false), "neither");
}

#[test]
fn codes_and_messages_are_read() {
    let expired = "Signature expired: 20261128T190000Z is now earlier than 20261128T191500Z";
    let early = "Signature not yet current: 20261128T194000Z is still later than 20261128T192500Z";
    for (code, message, topic) in [
        (
            "RequestExpired",
            "Request has expired.",
            Some(ErrorTopic::Either),
        ),
        ("RequestTimeTooSkewed", "", Some(ErrorTopic::Time)),
        ("InvalidSignatureException", expired, Some(ErrorTopic::Time)),
        ("SignatureDoesNotMatch", early, Some(ErrorTopic::Time)),
        (
            "SignatureDoesNotMatch",
            "The request signature we calculated",
            Some(ErrorTopic::Signature),
        ),
        ("AuthFailure", "", Some(ErrorTopic::Signature)),
        ("ExpiredTokenException", "", Some(ErrorTopic::Session)),
        ("UnrecognizedClientException", "", None),
    ] {
        assert_eq!(ErrorTopic::read(code, message), topic, "{code}");
    }
}
