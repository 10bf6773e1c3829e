//! A mail server that answers as a test tells it, and keeps what it was sent as it was sent.

use connectus_platform::mail::{Mail, Mailer};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

/// What it answers instead of the usual, by the first word of a command; the greeting answers `CONNECT`.
pub(crate) type Answers = &'static [(&'static str, &'static str)];

const USUAL: Answers = &[
    ("CONNECT", "220 mail.test"),
    ("EHLO", "250-mail.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN"),
    ("AUTH", "235 Welcome"),
    ("DATA", "354 Go on"),
    (".", "250 Taken"),
    ("QUIT", "221 Bye"),
];

pub(crate) struct Smtp {
    pub(crate) url: String,
    lines: watch::Sender<Vec<String>>,
    _task: AbortOnDropHandle<()>,
}

impl Smtp {
    pub(crate) async fn answering(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let lines = watch::Sender::default();
        let task = tokio::spawn(serve(listener, answers, lines.clone()));
        Self { url, lines, _task: AbortOnDropHandle::new(task) }
    }

    /// Every line that clients sent.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// The lines that begin so, in any case.
    pub(crate) fn lines_with(&self, prefix: &str) -> Vec<String> {
        let mut lines = self.lines();
        lines.retain(|line| line.to_lowercase().starts_with(&prefix.to_lowercase()));
        lines
    }
}

async fn serve(listener: TcpListener, answers: Answers, lines: watch::Sender<Vec<String>>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A client that hangs up ends its session, and nothing else.
        tokio::spawn(session(stream, answers, lines.clone()));
    }
}

async fn session(stream: TcpStream, answers: Answers, lines: watch::Sender<Vec<String>>) -> std::io::Result<()> {
    let answer = |command: &str| {
        let found = answers.iter().chain(USUAL).find(|(name, _)| *name == command);
        format!("{}\r\n", found.map_or("250 OK", |(_, answer)| answer))
    };
    let mut stream = BufReader::new(stream);
    stream.write_all(answer("CONNECT").as_bytes()).await?;
    let (mut line, mut in_data) = (String::new(), false);
    while stream.read_line(&mut line).await? > 0 {
        let text = line.trim_end_matches("\r\n").to_owned();
        line.clear();
        lines.send_modify(|lines| lines.push(text.clone()));
        let command = text.split(' ').next().unwrap_or_default();
        if !in_data || command == "." {
            let answer = answer(command);
            in_data = answer.starts_with("354");
            stream.write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

/// A mailer that sends to a server.
pub(crate) fn mailer(url: &str) -> Mailer {
    Mailer::smtp(url, "ConnectUS <no-reply@connectus.test>").unwrap()
}

/// A mail to Ann.
pub(crate) fn mail() -> Mail {
    Mail {
        id: Uuid::now_v7(),
        to: "ann@example.org".to_owned(),
        subject: "Verify your address".to_owned(),
        text: "Open this:\n\nhttps://connectus.test/a\n".to_owned(),
        html: "<p>Open <a href=\"https://connectus.test/a\">this</a></p>".to_owned(),
        unsubscribe_url: None,
    }
}
