//! What peers send.

use std::time::Duration;

use bytes::Bytes;

use super::{mutations, texts};
use crate::plan::aws::service_host::{is_data_channel_url, is_endpoint_name};
use crate::plan::route::eice::EndpointId;
use crate::plan::target::ids::Region;
use crate::wire::agent::{
    self, AgentIdentity, AgentRequest, HostKeyAnswer, HostKeyQuestion, SignedLogin,
};
use crate::wire::channel::{DataChannel, Received};
use crate::wire::eice::{closing, refusal};
use crate::wire::key_exchange::{HostKeyBlob, HostKeyReader};
use crate::wire::ssm::channel::{Purpose, SsmChannel};
use crate::wire::ssm::message::{Message, MessageType};

/// A frame of the agent.
fn frame(kind: MessageType, sequence: i64, payload_type: u32, payload: &[u8]) -> Vec<u8> {
    let message = Message {
        kind,
        created: 1_700_000_000_000,
        sequence,
        flags: 0,
        id: uuid::Uuid::from_u128(1 << 76 | 2 << 62 | 5),
        payload_type,
        payload,
    };
    message.encode()
}

fn frames() -> Vec<Vec<u8>> {
    let handshake = br#"{"AgentVersion":"3.1.1","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"portNumber":"22"}}}]}"#;
    let acknowledged = br#"{"AcknowledgedMessageType":"input_stream_data","AcknowledgedMessageId":"00000000-0000-1000-8000-000000000005","AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}"#;
    let closed = br#"{"MessageType":"channel_closed","SessionId":"s","Output":"over"}"#;
    vec![
        frame(MessageType::Output, 0, 5, handshake),
        frame(
            MessageType::Output,
            1,
            7,
            br#"{"HandshakeTimeToComplete":1,"CustomerMessage":"hi"}"#,
        ),
        frame(MessageType::Output, 2, 1, b"SSH-2.0-OpenSSH_9.6\r\n"),
        frame(MessageType::Acknowledge, 0, 0, acknowledged),
        frame(MessageType::ChannelClosed, 0, 0, closed),
        frame(MessageType::PausePublication, 0, 0, b""),
        frame(MessageType::StartPublication, 0, 0, b""),
        frame(MessageType::Output, 3, 12, b"0"),
    ]
}

#[test]
fn session_manager_messages() {
    let frames = frames();
    let frames: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    mutations(&frames, |bytes| {
        let Ok(message) = Message::decode(bytes) else {
            return false;
        };
        let known = [
            MessageType::Input,
            MessageType::Output,
            MessageType::Acknowledge,
        ];
        if known.contains(&message.kind) {
            let again = message.encode();
            assert_eq!(Message::decode(&again), Ok(message));
        }
        true
    });
}

/// Frames of a gateway, each cut off by its length: what they cost is bounded, and what they say is
/// one line.
#[test]
fn session_manager_channels() {
    let stream: Vec<u8> = frames()
        .iter()
        .flat_map(|it| {
            let length = u16::try_from(it.len()).expect("short");
            [&length.to_be_bytes()[..], it].concat()
        })
        .collect();
    mutations(&[&stream], |mut bytes| {
        let mut now = Duration::from_secs(1_700_000_000);
        let purpose = match bytes.len() % 2 {
            0 => Purpose::Port,
            _ => Purpose::Forward {
                to_other_host: false,
            },
        };
        let mut channel = SsmChannel::new(purpose, 1, now);
        channel.connected("token", now);
        let (mut received, mut sent) = (0, 0);
        while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
            let (frame, rest) = rest.split_at(length);
            bytes = rest;
            now += Duration::from_millis(50);
            if channel.takes_frames() {
                channel.receive(Received::Binary(Bytes::copy_from_slice(frame)), now);
                received += 1;
            }
            channel.tick(now);
            while channel.transmit(now).is_some() {
                sent += 1;
                assert!(sent <= 20 + 5 * received, "{sent} frames for {received}");
            }
            assert!(channel.output().len() <= received * super::LONGEST);
            while channel.event().is_some() {}
        }
        received > 3
    });
}

#[test]
fn endpoint_refusals() {
    let corpus = [
        r#"{"ErrorCode":"AccessDenied","Message":"User: arn:x is not authorized."}"#,
        r#"{"message":"Too many tunnels.","errorCode":"Throttling"}"#,
        "<html>busy</html>",
    ];
    texts(&corpus, |text| {
        let refusal = refusal(403, text.as_bytes(), 22);
        assert!(refusal.code.chars().count() <= 310 && refusal.message.chars().count() <= 300);
        assert!(!refusal.message.contains(['\n', '\r']));
        let _ = closing(Some(1008), text);
        !refusal.message.is_empty()
    });
}

/// A name or URL that is trusted is a DNS name below AWS's, and a whole one.
#[test]
fn hosts_of_aws() {
    let region = Region::us_east_1();
    let id = EndpointId::parse("eice-0123456789abcdef0").expect("an ID");
    let corpus = [
        "eice-0123456789abcdef0.b3f1.ec2-instance-connect-endpoint.us-east-1.amazonaws.com",
        "eice-0123456789abcdef0.ec2-instance-connect-endpoint.us-east-1.amazonaws.com",
        "eice-0123456789abcdef0.evil.example/.ec2-instance-connect-endpoint.us-east-1.amazonaws.com",
        "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/s?role=publish_subscribe",
        "wss://ssmmessages.us-east-1.amazonaws.com:443/",
    ];
    let is_host = |host: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        host.chars().all(allowed) && !host.starts_with(['-', '.']) && host.len() <= 253
    };
    texts(&corpus, |text| {
        let trusted = is_endpoint_name(text, &id, &region, None);
        assert!(!trusted || is_host(text), "{text:?}");
        let url = is_data_channel_url(text, &region, None);
        if url {
            let rest = text.strip_prefix("wss://").expect("TLS");
            let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
            let host = host.strip_suffix(":443").unwrap_or(host);
            assert!(is_host(host) && host.contains(".us-east-1."), "{text:?}");
        }
        trusted || url
    });
}

#[test]
fn host_keys_of_servers() {
    let key = agent::blob("ssh-ed25519", &[7; 32]);
    let length = u8::try_from(key.len()).expect("short");
    let reply = [&[4, 31, 0, 0, 0, length][..], &key, &[0; 4]].concat();
    let prefix = [0, 0, 0, u8::try_from(reply.len()).expect("short")];
    let stream = [
        &b"SSH-2.0-x\r\n"[..],
        &[0, 0, 0, 3, 1, 20, 0],
        &prefix,
        &reply,
    ]
    .concat();
    mutations(&[&stream], |bytes| {
        let read = |size| {
            let mut reader = HostKeyReader::default();
            let mut answers = bytes.chunks(size).map(|it| reader.take(it));
            let known = answers.find(|it| *it != HostKeyBlob::Unread);
            known.unwrap_or(HostKeyBlob::Unread)
        };
        let found = read(4096);
        assert_eq!(read(7), found, "{bytes:?}");
        matches!(found, HostKeyBlob::Shown(_))
    });
}

#[test]
fn agent_messages() {
    let key = agent::blob("ssh-ed25519", &[7; 32]);
    let identity = AgentIdentity {
        blob: key.clone(),
        comment: b"me".to_vec(),
    };
    let question = HostKeyQuestion {
        reason: "HOSTNAME",
        name: "i-0abcdef0",
        kind: "ssh-ed25519",
        key: "AAAA",
    };
    let answer = HostKeyAnswer {
        lines: "a ssh-ed25519 AAAA\n".to_owned(),
        refusal: None,
    };
    let corpus = [
        vec![11],
        AgentIdentity::answer(&[identity.clone(), identity]),
        [
            &[13, 0, 0, 0, 51][..],
            &key,
            &[0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 4],
        ]
        .concat(),
        agent::extension("session-bind@openssh.com", &[0; 40]),
        agent::connection("host", 22),
        agent::signature(&[3; 64]),
        question.request(),
        answer.reply(),
    ];
    let corpus: Vec<&[u8]> = corpus.iter().map(Vec::as_slice).collect();
    mutations(&corpus, |message| {
        if let Some(identities) = AgentIdentity::read(message) {
            assert_eq!(AgentIdentity::answer(&identities), message);
        }
        if let Some(answer) = HostKeyAnswer::read(message) {
            assert_eq!(HostKeyAnswer::read(&answer.reply()), Some(answer));
        }
        let _ = (SignedLogin::read(message), agent::read_connection(message));
        if let Some(framed) = agent::framed(message) {
            let length = framed.first_chunk().copied().and_then(agent::length);
            assert_eq!(length, Some(message.len()));
        }
        match AgentRequest::read(message) {
            Some(AgentRequest::Extension { payload, .. }) => {
                let _ = HostKeyQuestion::read(payload);
                true
            }
            request => request.is_some(),
        }
    });
}
