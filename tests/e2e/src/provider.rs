//! A stand-in for an OpenID Connect provider behind a real socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tierline_domain::time::Time;
use tierline_http::Request;
use tierline_native::{Algorithm, Provider};

/// Starts a provider on a port of its own, for the life of the process. Its keys are made here.
pub fn start_provider(algorithm: Algorithm) -> (Arc<Provider>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let provider = Arc::new(Provider::new(&issuer, algorithm));
    let serving = Arc::clone(&provider);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // Whoever breaks off is served no more.
            let _ = answer(&serving, stream);
        }
    });
    (provider, issuer)
}

/// One request a connection: `Connection: close`.
fn answer(provider: &Provider, mut stream: TcpStream) -> std::io::Result<()> {
    let request = read(&mut stream)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    // Without an answer the connection ends.
    let Some(response) = provider.answer(&request, Time(i64::try_from(now).unwrap())) else { return Ok(()) };
    let body = response.body();
    let mut head =
        format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\n", response.status(), body.len());
    for (name, value) in response.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(body)
}

fn read(stream: &mut TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut lines = vec![];
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut first = lines.first().cloned().unwrap_or_default();
    first.truncate(first.rfind(' ').unwrap_or(0));
    let (method, target) = first.split_once(' ').unwrap_or(("GET", "/"));
    let mut request = http::Request::builder().method(method).uri(target);
    let mut length = 0;
    let mut chunked = false;
    for (name, value) in lines.iter().skip(1).filter_map(|line| line.split_once(':')) {
        let (name, value) = (name.to_ascii_lowercase(), value.trim());
        match name.as_str() {
            "content-length" => length = value.parse().unwrap_or(0),
            "transfer-encoding" => chunked = true,
            _ => {}
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    if chunked {
        body = read_chunks(&mut reader)?;
    } else {
        reader.read_exact(&mut body)?;
    }
    Ok(request.body(body.into()).unwrap())
}

fn read_chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = vec![];
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let bytes = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let mut chunk = vec![0; bytes + 2];
        reader.read_exact(&mut chunk)?;
        if bytes == 0 {
            return Ok(body);
        }
        body.extend_from_slice(&chunk[..bytes]);
    }
}
