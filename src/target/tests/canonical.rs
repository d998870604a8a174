//! What is offered instead of a refused URL.

use super::*;

#[test]
fn canonical_forms_are_offered_where_only_the_spelling_is_wrong() {
    let plain = "postgresql://a:PASSWORD@h:5432/d";
    let table = [
        ("POSTGRES://a:b@h/d", plain),
        ("postgresql+psycopg2://a:b@h/d", plain),
        (" postgresql://a:b@h/d\n", plain),
        ("\"postgres://a:b@h/d\"", plain),
        ("postgresql://a:b$c@h/d", plain),
        ("postgresql://a:b:c%@h:05432/d", plain),
        ("postgresql://a:b@H.:/%64?&", plain),
        ("postgresql://a:b@h/d/", plain),
        ("postgresql://a:b@h/d#", plain),
        ("postgresql://a:b@h/d?x=y&statement_cache_size=0", plain),
        ("postgresql://a:b@h/d?x", plain),
        ("postgresql://a:b@h/d?user=a&host=h&port=5432&dbname=d", plain),
        ("postgresql://a@H/d", "postgresql://a@h:5432/d"),
        ("POSTGRES://a:@h/d", "postgresql://a@h:5432/d"),
        (
            "postgresql://a:b@h/d?sslmode=require&sslmode=require",
            "postgresql://a:PASSWORD@h:5432/d?sslmode=require",
        ),
        ("postgresql://a:b@h/d?ssl=true", "postgresql://a:PASSWORD@h:5432/d?sslmode=require"),
        (
            "postgresql://a:b@h/d?sslmode=REQUIRE&",
            "postgresql://a:PASSWORD@h:5432/d?sslmode=require",
        ),
        ("postgresql://a:b@/d?host=%2Fx%2Fp:r:i", "postgresql://a:PASSWORD@/d?host=/x/p:r:i"),
    ];
    for (text, canonical) in table {
        assert_eq!(refused(postgres(text), text).canonical(), Some(canonical), "{text}");
    }
    let ambiguity = refused(mysql("mariadb://a:b@H/d"), "mariadb");
    assert_eq!(ambiguity.canonical(), Some("mysql://a:PASSWORD@h:3306/d"));
}

#[test]
fn nothing_is_offered_where_it_would_be_a_guess() {
    let table = [
        "POSTGRES://a:b@c@h/d",
        "POSTGRES://a:b/c@h/d",
        "POSTGRES://a:b?c@h/d",
        "POSTGRES://a:b#c@h/d",
        "POSTGRES://a:b c@h/d",
        "POSTGRES://a:b\0c@h/d",
        "POSTGRES://a:b\\c@h/d",
        "POSTGRES://a:b@h:0/d",
        "POSTGRES://a:b@h:00/d",
        "POSTGRES://a:b@h/d?host",
        "postgresql://a:b@h/d%3Fsslmode%3Ddisable",
        "postgresql://a:b@h%3A1/d",
        "postgresql://a:${PW}@h/d",
        "postgresql://a:b@c@H/d",
        "postgresql://a:b/c@H/d",
        "postgresql://a:b#c@H/d",
        "postgresql://a:b\\c@H/d",
        "postgresql://a:b c@H/d",
        "postgresql://H/d",
        "postgresql://a:b@H",
        "postgresql://a:b@H,i/d",
        "postgresql://a:b@H/d?host=p",
        "postgresql://a:b@[::1]/d",
        "postgresql://a:b@127.1/d",
        "postgresql://a:b@H/d#e",
        "POSTGRES://a:endpoint%3Dx@h/d",
        "postgresql://a:b@h%2Ci/d",
        "jdbc:postgresql://a:b@h/d",
        "mysql://a:b@h/d",
        "postgresql://a+c:b@h/d",
        "postgresql://a:b@H/d?host=p&x=y",
        "postgresql://a:b@h/d?x=c@i",
        "postgresql://a:b@h/d?x=c#y",
        "postgresql://a:b@h/d?sslaccept=strict",
        "postgresql://a:b@h/d?ssl=false",
        "postgresql://a:b@h/d?server=i",
        "postgresql://a:b@h/d?hostname=i",
        "postgresql://a:b@h/d?x=y&amp;host=i",
        "postgresql://a:b@h/d?sslmode=require&sslmode=disable",
        "postgresql://a:b@h/d//",
        "postgresql://a:b@h/d?user=c",
        "postgresql://a:b@h:x/d",
        "postgresql://a:b@%2Ftmp/d",
    ];
    for text in table {
        assert_eq!(refused(postgres(text), text).canonical(), None, "{text}");
    }
}

#[test]
fn no_canonical_form_holds_the_password() {
    let inside = [
        "", "/", "@", ":", "?", "#", "%", "%40", "$", " ", "\n", "\\", "é", "&host=", "://", "'",
        "\"", "${X}", "@h/d?x=",
    ];
    let around = [("", ""), ("\"", "\""), (" ", "\n")];
    let schemes = ["postgresql", "POSTGRES", "postgresql+x"];
    for (open, close) in around {
        for (scheme, held) in schemes.iter().flat_map(|scheme| inside.map(|held| (scheme, held))) {
            for rest in ["h/d", "H/d", "h./%64", "h:/d?&sslmode=REQUIRE", "/d?host=%2Fx"] {
                let text = format!("{open}{scheme}://a:{CANARY}{held}{CANARY}@{rest}{close}");
                let shown = match postgres(&text) {
                    Ok(target) => format!("{} {target:?} {:?}", target.shown(), target.address()),
                    Err(ambiguity) => ambiguity.canonical().unwrap_or_default().to_owned(),
                };
                assert!(!shown.to_lowercase().contains(&CANARY.to_lowercase()), "{text}: {shown}");
            }
        }
    }
}
