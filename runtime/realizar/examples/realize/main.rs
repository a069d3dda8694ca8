//! What the comparison scripts run. Output is plain text, the same as `tests/reference/run.c` prints.
//!
//! realize greedy MODEL THREADS STEPS PROMPT     token, top score, margin to the second per step
//! realize scores MODEL THREADS ID...            scores after each id, as f32 bytes on stdout
//! realize perplexity MODEL THREADS FILE         perplexity of a text, in windows of 512 tokens
//! realize bench MODEL THREADS PROMPT STEPS      load CPU s, first token ms, prompt tok/s, generation tok/s, peak MB
//! realize open MODEL                            ms that opening takes, first and best of ten
//! realize text MODEL THREADS STEPS PROMPT       generated text
//! realize chat MODEL THREADS STEPS PROMPT       answer through the chat template
//! realize embed MODEL THREADS TEXT...           one vector a line
//! realize encoder FOLDER OUT                    an encoder's folder as GGUF
//! realize quantize IN TYPE OUT                  a copy with matrices in TYPE
//! realize quantizer                             GB of F32 that are quantised a second, by type
//! realize bandwidth                             GB a second that one thread reads, at best
//! realize random FAMILY OUT                     a tiny model with random weights
//! realize random FAMILY OUT exact               the same in F32 alone

mod random;

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use realizar::file::convert::convert;
use realizar::file::gguf::Gguf;
use realizar::quant::Type;
use realizar::tokenize::Tokenizer;
use realizar::{Generate, Message, Model, OpenOptions, Session, SessionOptions};

type Outcome = Result<(), Box<dyn Error>>;

fn go_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn top_two(scores: &[f32]) -> (usize, f32, f32) {
    let mut best = (0, f32::NEG_INFINITY, f32::NEG_INFINITY);
    for (i, &s) in scores.iter().enumerate() {
        if s > best.1 {
            best = (i, s, best.1);
        } else if s > best.2 {
            best.2 = s;
        }
    }
    best
}

fn greedy(session: &mut Session<'_>, tokens: &[u32], steps: usize) -> Outcome {
    let mut scores = session.feed(tokens, go_on)?;
    for _ in 0..steps {
        let (token, top, second) = top_two(&scores);
        println!("{token} {top:.4} {:.4}", top - second);
        scores = session.feed(&[token as u32], go_on)?;
    }
    Ok(())
}

/// Tokens that are read together, as `tests/reference/run.c` does; each window begins anew.
const WINDOW: usize = 512;

fn perplexity(session: &mut Session<'_>, tokenizer: &Tokenizer, text: &str) -> Outcome {
    let begin = tokenizer.encode("", false, true);
    let (mut sum, mut count) = (0.0, 0);
    for part in tokenizer.encode(text, false, false).chunks(WINDOW - begin.len()) {
        let window = [&begin, part].concat();
        session.rewind(0);
        let scores = session.feed_all(&window)?;
        let vocab = scores.len() / window.len();
        for (row, &next) in scores.chunks_exact(vocab).zip(&window[1..]) {
            let top = row.iter().copied().fold(f32::MIN, f32::max);
            let total: f64 = row.iter().map(|&s| f64::from(s - top).exp()).sum();
            sum += total.ln() - f64::from(row[next as usize] - top);
            count += 1;
        }
    }
    println!("{:.6}", (sum / f64::from(count)).exp());
    Ok(())
}

/// CPU seconds of this process so far and its peak memory in MB, from procfs.
fn usage() -> (f64, f64) {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let schedule = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("schedstat")).ok();
    let running = |text: String| text.split_whitespace().next()?.parse::<f64>().ok();
    let nanoseconds: f64 = tasks.filter_map(schedule).filter_map(running).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    (nanoseconds / 1e9, peak.unwrap_or(0.0) / 1024.0)
}

/// The best rates so far, in tokens a second and a second of processor time: on a busy machine only the
/// latter can be compared.
#[derive(Default)]
struct Rates {
    wall: f64,
    cpu: f64,
}

impl Rates {
    fn time(&mut self, tokens: usize, work: impl FnOnce() -> Result<(), realizar::Error>) -> Outcome {
        let (start, (cpu, _)) = (Instant::now(), usage());
        work()?;
        self.wall = self.wall.max(tokens as f64 / start.elapsed().as_secs_f64());
        self.cpu = self.cpu.max(tokens as f64 / (usage().0 - cpu).max(1e-9));
        Ok(())
    }
}

impl std::fmt::Display for Rates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} tok/s ({:.1} per CPU s)", self.wall, self.cpu)
    }
}

fn bench(path: &str, threads: usize, prompt: usize, steps: usize) -> Outcome {
    let opened = Instant::now();
    let model = Model::open_with(path, OpenOptions { threads: Some(threads) })?;
    let open_ms = opened.elapsed().as_secs_f64() * 1e3;
    let mut session = model.session_with(SessionOptions { context: Some(2048), ..Default::default() })?;
    // llama.cpp's loading includes its vocabulary.
    let _ = model.tokenizer()?.encode("Hello", true, true);
    let (load_cpu, _) = usage();
    let tokens: Vec<u32> = (0..prompt as u32).map(|i| 1000 + i * 7 % 500).collect();
    session.feed(&tokens, go_on)?;
    let first_ms = opened.elapsed().as_secs_f64() * 1e3;
    let (mut prompts, mut answers) = (Rates::default(), Rates::default());
    for _ in 0..3 {
        session.rewind(0);
        prompts.time(prompt, || session.feed(&tokens, go_on).map(drop))?;
        answers.time(steps, || {
            (0..steps as u32).try_for_each(|i| session.feed(&[1000 + i % 500], go_on).map(drop))
        })?;
    }
    let megabytes = model.bytes_per_token()? as f64 / 1e6;
    println!(
        "open {open_ms:.1} ms, load {load_cpu:.3} CPU s, first token after {first_ms:.0} ms, \
         prompt {prompts}, generation {answers}, {:.1} GB/s, peak {:.0} MB",
        megabytes * answers.wall / 1e3,
        usage().1
    );
    Ok(())
}

fn quantizer() -> Outcome {
    // A piece as `convert` makes them, so that memory does not count.
    let x: Vec<f32> = (0..8192).map(|i| ((i * 7919 % 1009) as f32 - 504.0) / 300.0).collect();
    for ty in ["Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "F16", "BF16"] {
        let ty = Type::from_name(ty).ok_or("unknown type")?;
        let round = |_| -> Result<f64, realizar::Error> {
            let start = Instant::now();
            for _ in 0..100 {
                std::hint::black_box(realizar::quant::quantize(ty, std::hint::black_box(&x))?);
            }
            Ok(100.0 * 4.0 * x.len() as f64 / start.elapsed().as_secs_f64() / 1e9)
        };
        let rates = (0..30).map(round).collect::<Result<Vec<_>, _>>()?;
        println!("{:5} {:.2} GB/s", ty.name(), rates.into_iter().fold(0.0, f64::max));
    }
    Ok(())
}

/// Reads half a gigabyte on huge pages in order, adding up words.
fn bandwidth() -> Outcome {
    let mut memory = memmap2::MmapMut::map_anon(1 << 29)?;
    #[cfg(target_os = "linux")]
    memory.advise(memmap2::Advice::HugePage)?;
    memory.fill(1);
    let round = |_| {
        let (cpu, _) = usage();
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        let sums = memory.chunks_exact(64).map(|line| line.chunks_exact(8).map(word).sum::<u64>());
        std::hint::black_box(sums.fold(0, u64::wrapping_add));
        memory.len() as f64 / (usage().0 - cpu).max(1e-9) / 1e9
    };
    println!("{:.1} GB/s", (0..10).map(round).fold(0.0, f64::max));
    Ok(())
}

fn answer(
    model: &Model<'_>,
    session: &mut Session<'_>,
    through_template: bool,
    steps: usize,
    text: &str,
) -> Outcome {
    let prompt = match through_template {
        true => model.template()?.render(&[Message::new("user", text)], true)?,
        false => text.to_owned(),
    };
    let options = Generate { max_tokens: steps, ..Generate::default() };
    let answer = session.generate(&prompt, &options, |text| {
        print!("{text}");
        let _ = std::io::stdout().flush();
        ControlFlow::Continue(())
    })?;
    println!(
        "\n[{} prompt tokens, {} tokens, {:?}]",
        answer.prompt_tokens,
        answer.tokens.len(),
        answer.finish
    );
    Ok(())
}

fn with_session(command: &str, args: &[&str]) -> Outcome {
    let threads = args[1].parse()?;
    let model = Model::open_with(args[0], OpenOptions { threads: Some(threads) })?;
    if command == "embed" {
        for text in &args[2..] {
            let vector = model.embed(text)?;
            println!("{}", vector.iter().map(|x| format!("{x:.7}")).collect::<Vec<_>>().join(" "));
        }
        return Ok(());
    }
    let mut session = model.session()?;
    match command {
        "scores" => {
            let ids = args[2..].iter().map(|s| s.parse()).collect::<Result<Vec<u32>, _>>()?;
            let bytes: Vec<u8> = session.feed_all(&ids)?.iter().flat_map(|x| x.to_le_bytes()).collect();
            std::io::stdout().write_all(&bytes)?;
            Ok(())
        }
        "perplexity" => {
            let text = std::fs::read_to_string(args[2])?;
            perplexity(&mut session, model.tokenizer()?, &text)
        }
        "greedy" => {
            let tokens = model.tokenizer()?.encode(args[3], true, true);
            greedy(&mut session, &tokens, args[2].parse()?)
        }
        _ => {
            answer(&model, &mut session, command == "chat", args[2].parse()?, args[3])?;
            Ok(())
        }
    }
}

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["quantize", from, ty, to] => {
            let ty = Type::from_name(ty).ok_or("unknown type")?;
            let file = Gguf::open(Path::new(from))?;
            let mut out = BufWriter::new(File::create(to)?);
            let start = Instant::now();
            let (converted, kept) = convert(&file, ty, &mut out)?;
            out.flush()?;
            println!("{converted} tensors converted, {kept} kept, {:.2} s", start.elapsed().as_secs_f64());
            Ok(())
        }
        ["encoder", folder, to] => {
            Model::open(folder)?.to_gguf()?.write(&mut BufWriter::new(File::create(to)?))?;
            Ok(())
        }
        ["quantizer"] => quantizer(),
        ["bandwidth"] => bandwidth(),
        ["open", path] => {
            let open = |_| -> Result<f64, realizar::Error> {
                let start = Instant::now();
                Model::open(path)?;
                Ok(start.elapsed().as_secs_f64() * 1e3)
            };
            let times = (0..10).map(open).collect::<Result<Vec<_>, _>>()?;
            let best = times.iter().copied().fold(f64::MAX, f64::min);
            println!("{:.1} {best:.1}", times[0]);
            Ok(())
        }
        ["random", family, to] => random::write(family, to, false),
        ["random", family, to, "exact"] => random::write(family, to, true),
        ["bench", path, threads, prompt, steps] => {
            bench(path, threads.parse()?, prompt.parse()?, steps.parse()?)
        }
        [command @ ("greedy" | "text" | "chat"), rest @ ..] if rest.len() == 4 => with_session(command, rest),
        [command @ ("scores" | "perplexity" | "embed"), rest @ ..] if rest.len() >= 3 => {
            with_session(command, rest)
        }
        _ => Err("see the top of examples/realize.rs for the commands".into()),
    }
}
