//! Answers that are not AWS's, or that arrive broken.

use std::time::SystemTime;

use super::aws_error::Protocol;
use super::fault::Trouble;
use super::http::Response;

/// What a captive portal or a broken proxy would answer.
pub(crate) fn nonsense(protocol: Protocol, request_id: String) -> Response {
    match protocol {
        Protocol::Json | Protocol::Ssm | Protocol::Rest => Response {
            status: 200,
            content_type: protocol.content_type(),
            request_id,
            date: SystemTime::now(),
            body: b"{\"hello\":1}".to_vec(),
        },
        Protocol::Ec2 | Protocol::Sts => page(200, request_id),
    }
}

/// A page for people.
pub(crate) fn page(status: u16, request_id: String) -> Response {
    Response {
        status,
        content_type: "text/html",
        request_id,
        date: SystemTime::now(),
        body: b"<html><body>Hello!</body></html>".to_vec(),
    }
}

/// An empty page of instances, with a token for the next.
pub(crate) fn empty_page(request_id: String) -> Response {
    let body = format!(
        "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <reservationSet/><nextToken>{}</nextToken></DescribeInstancesResponse>",
        fastrand::u64(..)
    );
    Response {
        content_type: Protocol::Ec2.content_type(),
        body: body.into_bytes(),
        ..page(200, request_id)
    }
}

/// The answer as it arrives with this trouble.
pub(crate) fn spoiled(mut answer: Response, trouble: Trouble) -> Response {
    match trouble {
        Trouble::WrongType => answer.content_type = "text/html",
        Trouble::Empty => answer.body.clear(),
        Trouble::InvalidUtf8 => {
            let middle = answer.body.len() / 2;
            answer
                .body
                .splice(middle..middle, *b"\xff\xc3\x28\xed\xa0\x80");
        }
        Trouble::Replaced(text, bytes) => {
            let found = |at: &usize| answer.body[*at..].starts_with(text.as_bytes());
            let at = (0..answer.body.len()).find(found);
            if let Some(at) = at {
                answer
                    .body
                    .splice(at..at + text.len(), bytes.iter().copied());
            }
        }
        _ => {}
    }
    answer
}
