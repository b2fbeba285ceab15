//! A completion that was lost with its process.

use stet_domain::batch::BatchStatus;

use crate::fixture::{World, admin, until};

#[tokio::test]
async fn a_batch_whose_cells_have_all_ended_is_completed() {
    let world = World::new().await;
    let worker = world.worker();
    let batch = world.batch(3).await;
    world.completed(batch).await;
    worker.stop().await;
    let status = async || world.ops.get_batch(&admin(), batch).await.unwrap().control.status;
    world.sql("UPDATE batch_controls SET status = 'running'").await;
    assert_eq!(status().await, BatchStatus::Running);
    let scheduler = world.scheduler();
    until("the completion", async || (status().await == BatchStatus::Completed).then_some(())).await;
    scheduler.stop().await;
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.counters.succeeded, view.control.changed_by.as_str()), (3, "stet"));
}

#[tokio::test]
async fn a_paused_batch_never_completes_by_itself() {
    let world = World::new().await;
    let worker = world.worker();
    let (paused, running) = (world.batch(2).await, world.batch(3).await);
    let status = async |batch| world.ops.get_batch(&admin(), batch).await.unwrap().control.status;
    world.completed(paused).await;
    world.completed(running).await;
    worker.stop().await;
    world.sql("UPDATE batch_controls SET status = 'running'").await;
    world
        .sql(
            "UPDATE batch_controls SET status = 'paused', pause_reason = 'operator' WHERE batch_id = \
             (SELECT batch_id FROM batches WHERE cells = 2)",
        )
        .await;
    let scheduler = world.scheduler();
    until("the completion", async || (status(running).await == BatchStatus::Completed).then_some(())).await;
    scheduler.stop().await;
    assert_eq!(status(paused).await, BatchStatus::Paused);
}
