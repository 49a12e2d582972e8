//! The EC2 serial console: its host name in each region, its host key, and what does not work
//! there.

/// The consoles of some regions: the parts of their names before and after the region, and the
/// SHA256 fingerprints of their host keys, without padding.
struct Places {
    before: &'static str,
    after: &'static str,
    fingerprints: &'static [(&'static str, &'static str)],
}

/// The name of a console in a region that is not listed here.
const USUAL: (&str, &str) = ("ec2-serial-console.", ".api.aws");

/// Source: "EC2 Serial Console endpoints and fingerprints" in the EC2 User Guide, chapter "Connect
/// to the EC2 Serial Console".
#[rustfmt::skip]
const PLACES: &[Places] = &[
    Places { before: "serial-console.ec2-instance-connect.", after: ".aws", fingerprints: &[
        ("us-east-2", "EhwPkTzRtTY7TRSzz26XbB0/HvV9jRM7mCZN0xw/d/0"),
        ("us-east-1", "dXwn5ma/xadVMeBZGEru5l2gx+yI5LDiJaLUcz0FMmw"),
        ("us-west-1", "OHldlcMET8u7QLSX3jmRTRAPFHVtqbyoLZBMUCqiH3Y"),
        ("us-west-2", "EMCIe23TqKaBI6yGHainqZcMwqNkDhhAVHa1O2JxVUc"),
        ("ap-south-1", "oBLXcYmklqHHEbliARxEgH8IsO51rezTPiSM35BsU40"),
        ("ap-northeast-2", "FoqWXNX+DZ++GuNTztg9PK49WYMqBX+FrcZM2dSrqrI"),
        ("ap-southeast-1", "PLFNn7WnCQDHx3qmwLu1Gy/O8TUX7LQgZuaC6L45CoY"),
        ("ap-southeast-2", "yFvMwUK9lEUQjQTRoXXzuN+cW9/VSe9W984Cf5Tgzo4"),
        ("ap-northeast-1", "RQfsDCZTOfQawewTRDV1t9Em/HMrFQe+CRlIOT5um4k"),
        ("ca-central-1", "P2O2jOZwmpMwkpO6YW738FIOTHdUTyEv2gczYMMO7s4"),
        ("eu-central-1", "aCMFS/yIcOdOlkXvOl8AmZ1Toe+bBnrJJ3Fy0k0De2c"),
        ("eu-west-1", "h2AaGAWO4Hathhtm6ezs3Bj7udgUxi2qTrHjZAwCW6E"),
        ("eu-west-2", "a69rd5CE/AEG4Amm53I6lkD1ZPvS/BCV3tTPW2RnJg8"),
        ("eu-west-3", "q8ldnAf9pymeNe8BnFVngY3RPAr/kxswJUzfrlxeEWs"),
        ("eu-north-1", "tkGFFUVUDvocDiGSS3Cu8Gdl6w2uI32EPNpKFKLwX84"),
        ("sa-east-1", "rd2+/32Ognjew1yVIemENaQzC+Botbih62OqAPDq1dI"),
    ] },
    Places { before: "ec2-serial-console.", after: ".api.aws", fingerprints: &[
        ("af-south-1", "RMWWZ2fVePeJUqzjO5jL2KIgXsczoHlz21Ed00biiWI"),
        ("ap-east-1", "T0Q1lpiXxChoZHplnAkjbP7tkm2xXViC9bJFsjYnifk"),
        ("ap-south-2", "WJgPBSwV4/shN+OPITValoewAuYj15DVW845JEhDKRs"),
        ("ap-southeast-3", "5ZwgrCh+lfns32XITqL/4O0zIfbx4bZgsYFqy3o8mIk"),
        ("ap-southeast-5", "cQXTHQMRcqRdIjmAGoAMBSExeoRobYyRwT67yTjnEiA"),
        ("ap-southeast-4", "Avaq27hFgLvjn5gTSShZ0oV7h90p0GG46wfOeT6ZJvM"),
        ("ap-northeast-3", "Am0/jiBKBnBuFnHr9aXsgEV3G8Tu/vVHFXE/3UcyjsQ"),
        ("ap-southeast-7", "KCAZiRYrR1Q2lqsg7vTwixWmvc2wmjVT31XRgSdEfDY"),
        ("ca-west-1", "s3rc8lI2xhbhr3iedjJNxGAFLPGOLjx7IxxXrGckk6Q"),
        ("eu-south-1", "lC0kOVJnpgFyBVrxn0A7n99ecLbXSX95cuuS7X7QK30"),
        ("eu-south-2", "GoCW2DFRlu669QNxqFxEcsR6fZUz/4F4n7T45ZcwoEc"),
        ("eu-central-2", "8Ppx2mBMf6WdCw0NUlzKfwM4/IfRz4OaXFutQXWp6mk"),
        ("il-central-1", "JR6q8v6kNNPi8+QSFQ4dj5dimNmZPTgwgsM1SNvtYyU"),
        ("mx-central-1", "BCuVl13iQNk+CcVnt18Ef4p2ZHUrBBAOxlFetB32GS0"),
        ("me-south-1", "nPjLLKHu2QnLdUq2kVArsoK5xvPJOMRJKCBzCDqC3k8"),
        ("me-central-1", "zpb5duKiBZ+l0dFwPeyykB4MPBYhI/XzXNeFSDKBvLE"),
    ] },
    Places { before: "ec2-serial-console.", after: ".api.amazonwebservices.com.cn", fingerprints: &[
        ("cn-north-1", "2gHVFy4H7uU3+WaFUxD28v/ggMeqjvSlgngpgLgGT+Y"),
        ("cn-northwest-1", "TdgrNZkiQOdVfYEBUhO4SzUA09VWI5rYOZGTogpwmiM"),
    ] },
    Places { before: "serial-console.ec2-instance-connect.", after: ".amazonaws.com", fingerprints: &[
        ("us-gov-east-1", "tIwe19GWsoyLClrtvu38YEEh+DHIkqnDcZnmtebvF28"),
        ("us-gov-west-1", "kfOFRWLaOZfB+utbd3bRf8OlPf8nGO2YZLqXZiIw5DQ"),
    ] },
];

/// The listed regions.
#[must_use]
pub(crate) fn regions() -> Vec<&'static str> {
    let all = PLACES.iter().flat_map(|places| places.fingerprints);
    let mut names: Vec<_> = all.map(|(region, _)| *region).collect();
    names.sort_unstable();
    names
}

/// The serial console of a region, as ssh finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Console {
    pub host: String,
    /// The SHA256 fingerprint of its host key, where AWS's is known here.
    pub fingerprint: Option<&'static str>,
}

impl Console {
    /// The console of this region.
    #[must_use]
    pub(crate) fn of(region: &str) -> Self {
        let named = |(before, after)| format!("{before}{region}{after}");
        let known = PLACES.iter().find_map(|places| {
            let mut regions = places.fingerprints.iter();
            let (_, fingerprint) = regions.find(|(name, _)| *name == region)?;
            Some(Self {
                host: named((places.before, places.after)),
                fingerprint: Some(fingerprint),
            })
        });
        known.unwrap_or_else(|| Self {
            host: named(USUAL),
            fingerprint: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(region: &str) -> (String, String) {
        let console = Console::of(region);
        (
            console.host,
            console.fingerprint.unwrap_or_default().to_owned(),
        )
    }

    #[test]
    fn each_region_has_its_own_name_and_fingerprint() {
        for (region, host, fingerprint) in [
            (
                "us-east-1",
                "serial-console.ec2-instance-connect.us-east-1.aws",
                "dXwn5ma/",
            ),
            (
                "eu-south-2",
                "ec2-serial-console.eu-south-2.api.aws",
                "GoCW2DFR",
            ),
            (
                "cn-north-1",
                "ec2-serial-console.cn-north-1.api.amazonwebservices.com.cn",
                "2gHVFy4H",
            ),
            (
                "us-gov-west-1",
                "serial-console.ec2-instance-connect.us-gov-west-1.amazonaws.com",
                "kfOFRWLa",
            ),
        ] {
            let (name, found) = console(region);
            assert_eq!(name, host);
            assert!(found.starts_with(fingerprint), "{found}");
        }
    }

    #[test]
    fn an_unlisted_region_has_the_usual_name_and_no_host_key() {
        let expected = (
            "ec2-serial-console.xx-new-1.api.aws".to_owned(),
            String::new(),
        );
        assert_eq!(console("xx-new-1"), expected);
    }

    #[test]
    fn no_region_is_listed_twice_and_every_fingerprint_is_complete() {
        let rows = || PLACES.iter().flat_map(|places| places.fingerprints);
        let mut regions: Vec<_> = rows().map(|(region, _)| region).collect();
        regions.sort_unstable();
        regions.dedup();
        assert_eq!(regions.len(), rows().count());
        for (region, fingerprint) in rows() {
            let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/".contains(&b);
            assert!(
                fingerprint.len() == 43 && fingerprint.bytes().all(base64),
                "{region}"
            );
        }
    }
}
