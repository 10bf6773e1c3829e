//! A real SMTP server that keeps what it is sent, or behaves badly on demand.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use mail_parser::MessageParser;
use mailin::{Action, Handler, Response, SessionBuilder, response};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::task::AbortOnDropHandle;

use crate::PATIENCE;

/// A mail that was received.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address that it was sent to.
    pub to: String,
    /// The sender's address.
    pub from: String,
    /// The subject line.
    pub subject: String,
    /// Its `Message-ID`.
    pub id: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    headers: Vec<(String, String)>,
}

impl Mail {
    /// A header as it was sent, if there is one.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    /// The one link of the plain text.
    pub fn link(&self) -> &str {
        let mut links = self.text.split_whitespace().filter(|word| word.starts_with("http"));
        let link = links.next().expect("a link");
        assert_eq!(links.next(), None, "one link");
        link
    }

    /// The last part of the link's path.
    pub fn token(&self) -> &str {
        self.link().rsplit('/').next().unwrap_or_default()
    }

    fn parse(to: &str, raw: &[u8]) -> Self {
        let message = MessageParser::default().parse(raw).expect("a mail");
        Self {
            to: to.to_owned(),
            from: message.from().and_then(|from| from.first()?.address()).unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            id: message.message_id().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            headers: message.headers_raw().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }
    }
}

/// What the server does with mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It takes them.
    Accept,
    /// It says that the recipient does not exist (550).
    NoSuchRecipient,
    /// It says that it has trouble, and to come back later (451).
    Trouble,
    /// It takes connections and says nothing.
    Silent,
    /// It hangs up in the middle of a mail.
    HangUp,
}

#[derive(Default)]
struct State {
    received: Vec<Mail>,
    /// Per recipient's address, where it is not to be accepted.
    behaviour: Option<Behaviour>,
    for_recipient: Option<(String, Behaviour)>,
}

impl State {
    fn behaviour(&self, recipient: &str) -> Behaviour {
        match &self.for_recipient {
            Some((address, behaviour)) if address == recipient => *behaviour,
            _ => self.behaviour.unwrap_or(Behaviour::Accept),
        }
    }
}

/// A mail server on a port of its own. It ends with this value.
pub struct MailServer {
    address: SocketAddr,
    state: watch::Sender<State>,
    _task: AbortOnDropHandle<()>,
}

impl MailServer {
    /// Starts one.
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts one at an address, where another one was before.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = watch::Sender::new(State::default());
        let task = tokio::spawn(serve(listener, state.clone()));
        Self { address, state, _task: AbortOnDropHandle::new(task) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `SMTP_URL` is for it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Behaves like this from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state.send_modify(|state| state.behaviour = Some(behaviour));
    }

    /// Behaves like this towards one recipient from now on.
    pub fn behave_towards(&self, recipient: &str, behaviour: Behaviour) {
        self.state.send_modify(|state| state.for_recipient = Some((recipient.to_owned(), behaviour)));
    }

    /// Takes out the next mail to an address, and waits for it if need be.
    pub async fn next(&self, to: &str) -> Mail {
        self.next_that(&format!("no mail to {to}"), |mail| mail.to == to).await
    }

    /// Takes out the next mail to an address with a subject, and waits for it if need be.
    pub async fn next_about(&self, to: &str, subject: &str) -> Mail {
        let wanted = |mail: &Mail| mail.to == to && mail.subject == subject;
        self.next_that(&format!("no mail to {to} about {subject:?}"), wanted).await
    }

    async fn next_that(&self, missing: &str, wanted: impl Fn(&Mail) -> bool) -> Mail {
        let mut changes = self.state.subscribe();
        loop {
            if let Some(mail) = self.take(&wanted) {
                return mail;
            }
            let arrival = tokio::time::timeout(PATIENCE, changes.changed()).await;
            arrival.unwrap_or_else(|_| panic!("{missing}")).unwrap();
        }
    }

    fn take(&self, wanted: impl Fn(&Mail) -> bool) -> Option<Mail> {
        let mut taken = None;
        self.state.send_if_modified(|state| {
            let found = state.received.iter().position(&wanted);
            taken = found.map(|index| state.received.remove(index));
            false
        });
        taken
    }

    /// Every mail that was received and not taken out.
    pub fn received(&self) -> Vec<Mail> {
        self.state.borrow().received.clone()
    }
}

async fn serve(listener: TcpListener, state: watch::Sender<State>) {
    let mut sessions = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                // A client that hangs up in the middle is no failure of this server.
                let state = state.clone();
                sessions.spawn(async move { let _ = session(stream, state).await; });
            }
            Some(_) = sessions.join_next() => {}
        }
    }
}

async fn session(stream: TcpStream, state: watch::Sender<State>) -> io::Result<()> {
    if state.borrow().behaviour == Some(Behaviour::Silent) {
        std::future::pending::<()>().await;
    }
    let hangs_up = {
        let state = state.clone();
        move || state.borrow().behaviour == Some(Behaviour::HangUp)
    };
    let client = stream.peer_addr()?.ip();
    let mut stream = BufReader::new(stream);
    let handler = Recorder { state, envelope: Arc::default() };
    let mut session = SessionBuilder::new("mail.test").build(client, handler);
    stream.write_all(&session.greeting().buffer()?).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let response = session.process(&line);
        // What is sent of a mail's text gets no reply.
        if response.action == Action::NoReply && hangs_up() {
            return Ok(());
        }
        if response.action != Action::NoReply {
            stream.write_all(&response.buffer()?).await?;
        }
        if response.action == Action::Close {
            return Ok(());
        }
    }
}

/// Keeps what one session sends.
struct Recorder {
    state: watch::Sender<State>,
    envelope: Arc<Mutex<Envelope>>,
}

#[derive(Default)]
struct Envelope {
    to: String,
    data: Vec<u8>,
}

impl Handler for Recorder {
    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        *self.envelope.lock().unwrap() = Envelope::default();
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        to.clone_into(&mut self.envelope.lock().unwrap().to);
        match self.state.borrow().behaviour(to) {
            Behaviour::Accept | Behaviour::Silent | Behaviour::HangUp => response::OK,
            Behaviour::NoSuchRecipient => response::NO_MAILBOX,
            Behaviour::Trouble => Response::custom(451, "Come back later".to_owned()),
        }
    }

    fn data(&mut self, buffer: &[u8]) -> io::Result<()> {
        self.envelope.lock().unwrap().data.extend_from_slice(buffer);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let envelope = std::mem::take(&mut *self.envelope.lock().unwrap());
        let mail = Mail::parse(&envelope.to, &envelope.data);
        self.state.send_modify(|state| state.received.push(mail));
        response::OK
    }
}
