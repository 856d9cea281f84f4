//! Keys in AWS KMS as things to describe and to make.

use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use edgeseal::KeySize;
use edgeseal_decryptor::{AwsKms, KeyUnfit, KmsKeys, NewKey};

use crate::bench::{PATIENT, new_region};
use crate::emulator::{Identity, administrator, config, create_key};
use crate::fault::{ACCESS_DENIED, Fault};
use crate::proxy::Proxy;

fn keys(proxy: &Proxy) -> KmsKeys {
    KmsKeys::new(AwsKms::new(config(proxy.address, &Identity::root()), PATIENT))
}

fn new_key() -> NewKey {
    NewKey {
        size: KeySize::Rsa2048,
        description: "EdgeSeal pii".into(),
        tags: vec![("owner".into(), "security".into())],
        policy: None,
        multi_region: false,
    }
}

#[tokio::test]
async fn a_key_is_described_by_each_of_its_names_and_called_by_its_arn() {
    let (proxy, region) = (Proxy::for_managing().await, new_region());
    let (arn, pem) = create_key(&region, KeySpec::Rsa3072).await;
    let id = arn.rsplit('/').next().unwrap();
    let alias = administrator(&region).create_alias().alias_name("alias/pii").target_key_id(&arn);
    alias.send().await.unwrap();
    let alias_arn = arn.replace(&format!("key/{id}"), "alias/pii");
    let keys = keys(&proxy);
    for (name, given) in
        [(arn.as_str(), None), (&alias_arn, None), ("alias/pii", Some(&*region)), (id, Some(&*region))]
    {
        let described = keys.describe(name, given).await.unwrap();
        assert_eq!((described.arn.as_str(), described.state.as_str()), (&*arn, "Enabled"), "{name}");
        assert_eq!(described.check_fit(), Ok(KeySize::Rsa3072));
    }
    let public = keys.public_key(&arn).await.unwrap();
    assert_eq!((public.pem().unwrap(), public.public_key().unwrap().size()), (pem, KeySize::Rsa3072));
    let missing = keys.describe("alias/other", Some(&region)).await.unwrap_err();
    assert!(missing.is_not_found());
    assert_eq!(keys.describe("alias/pii", None).await.unwrap_err().code(), "kms_region_missing");
}

#[tokio::test]
async fn what_cannot_be_used_says_why() {
    let (proxy, region) = (Proxy::for_managing().await, new_region());
    let kms = administrator(&region);
    let signing = kms.create_key().key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::SignVerify);
    let signing = signing.send().await.unwrap().key_metadata.unwrap().arn.unwrap();
    let symmetric = kms.create_key().send().await.unwrap().key_metadata.unwrap().arn.unwrap();
    let (disabled, _) = create_key(&region, KeySpec::Rsa2048).await;
    kms.disable_key().key_id(&disabled).send().await.unwrap();
    let (deleted, _) = create_key(&region, KeySpec::Rsa2048).await;
    kms.schedule_key_deletion().key_id(&deleted).pending_window_in_days(7).send().await.unwrap();
    let keys = keys(&proxy);
    for (arn, expected) in [
        (&signing, KeyUnfit::Usage("SIGN_VERIFY".into())),
        (&symmetric, KeyUnfit::Spec("SYMMETRIC_DEFAULT".into())),
        (&disabled, KeyUnfit::State("Disabled".into())),
        (&deleted, KeyUnfit::State("PendingDeletion".into())),
    ] {
        assert_eq!(keys.describe(arn, None).await.unwrap().check_fit(), Err(expected));
    }
    assert!(keys.describe(&deleted, None).await.unwrap().deletion_date.is_some());
}

#[tokio::test]
async fn a_key_is_asked_for_once_and_waited_for_until_the_service_knows_it() {
    let (proxy, region) = (Proxy::for_managing().await, new_region());
    let keys = keys(&proxy);
    proxy.fault_in("CreateKey", Some(1), Fault::Status(500));
    let failed = keys.create(&new_key(), Some(&region)).await.unwrap_err();
    assert!(failed.may_be_done(), "{failed}");
    assert_eq!(proxy.calls(), 1);

    proxy.reset();
    proxy.fault_in("GetPublicKey", Some(2), Fault::Error(400, "NotFoundException"));
    proxy.fault_in("CreateAlias", Some(1), Fault::Error(400, "NotFoundException"));
    let made = keys.create(&new_key(), Some(&region)).await.unwrap();
    keys.public_key_of_new(&made.arn).await.unwrap();
    keys.create_alias("alias/pii", &made.arn).await.unwrap();
    let seen = proxy.seen();
    let calls: Vec<&str> = seen.iter().map(|seen| seen.call()).collect();
    let again = ["GetPublicKey"; 3];
    assert_eq!(calls, [&["CreateKey"][..], &again, &["CreateAlias"; 2]].concat());
    let asked = &seen[0].body;
    assert_eq!((&asked["KeyUsage"], &asked["KeySpec"]), (&"ENCRYPT_DECRYPT".into(), &"RSA_2048".into()));
    assert_eq!(asked["Tags"], serde_json::json!([{"TagKey": "owner", "TagValue": "security"}]));
    for never in ["Policy", "MultiRegion", "BypassPolicyLockoutSafetyCheck"] {
        assert!(asked.get(never).is_none(), "{never}");
    }
    // As after an attempt whose answer was lost.
    keys.create_alias("alias/pii", &made.arn).await.unwrap();
    let (other, _) = create_key(&region, KeySpec::Rsa2048).await;
    assert_eq!(keys.create_alias("alias/pii", &other).await.unwrap_err().code(), "alias_exists");
}

#[tokio::test]
async fn an_answer_about_another_key_is_none() {
    let (proxy, region) = (Proxy::for_managing().await, new_region());
    let (arn, _) = create_key(&region, KeySpec::Rsa2048).await;
    let keys = keys(&proxy);
    proxy.fault_in("GetPublicKey", None, Fault::Member("KeyId", Some("arn:aws:kms:x:000000000000:key/y")));
    let failed = keys.public_key(&arn).await.unwrap_err();
    assert_eq!((failed.code(), proxy.calls()), ("key_unavailable", 1));
    proxy.reset();
    proxy.fault_in("DescribeKey", None, Fault::Oversized { announced: false });
    let failed = keys.describe(&arn, None).await.unwrap_err();
    assert_eq!((failed.code(), proxy.calls()), ("key_unavailable", 1));
    assert!(proxy.written() < crate::fault::OVERSIZED / 4);
}

#[tokio::test]
async fn a_denial_says_which_permission_it_takes() {
    let (proxy, region) = (Proxy::for_managing().await, new_region());
    let (arn, _) = create_key(&region, KeySpec::Rsa2048).await;
    let keys = keys(&proxy);
    proxy.fault(None, None, ACCESS_DENIED);
    let failures = [
        ("kms:DescribeKey", keys.describe(&arn, None).await.unwrap_err()),
        ("kms:GetPublicKey", keys.public_key(&arn).await.unwrap_err()),
        ("kms:CreateKey", keys.create(&new_key(), Some(&region)).await.unwrap_err()),
        ("kms:CreateAlias", keys.create_alias("alias/pii", &arn).await.unwrap_err()),
    ];
    for (permission, failed) in failures {
        assert_eq!(failed.code(), "access_denied");
        assert!(failed.to_string().contains(&format!("`{permission}`")), "{failed}");
    }
    // No answer will change: each was asked once.
    assert_eq!(proxy.calls(), 4);
}
